"""Tables and views that no revision makes: a database made by them from nothing lacks these."""

import re
from collections.abc import Collection, Iterable

from remediate.analysis.audit import past
from remediate.snapshots.history import History
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name


def unmade(
    tables: Collection[Name], live: Live, history: History, engine: str = ""
) -> frozenset[Name]:
    """Those of the tables; none where the text of a revision does not tell what it makes.

    Revisions that wait count as well. `engine` is what env.py calls the database, where it opens
    several.
    """
    written = (table for revision in history.revisions for table in revision.creates)
    left = frozenset(tables) - _made(written, live, history)
    if not left:
        return left
    known = past.of(history, live, engine)
    return frozenset() if known.unclear else left - _made(known.tables, live, history)


def _made(written: Iterable[Name], live: Live, history: History) -> set[Name]:
    """Where these tables are, in each schema for which env.py runs the revisions."""
    default = live.database.default_schema
    tables = {Name("" if t.schema == default else t.schema, t.name) for t in written}
    maps = ({}, *history.maps, *history.apart)
    return {Name(m.get(t.schema, t.schema or default), t.name) for m in maps for t in tables}


def unmade_views(
    views: Collection[Name], live: Live, history: History, engine: str = ""
) -> frozenset[Name]:
    """Those of the views that no revision names; none where the text of one does not tell all."""
    texts = [revision.text for revision in history.revisions]
    left = frozenset(view for view in views if not any(_names(text, view) for text in texts))
    return frozenset() if not left or past.of(history, live, engine).unclear else left


def _names(text: str, view: Name) -> bool:
    """Whether the name stands there: as a word, for a short one is a part of many.

    A name that Python may spell in another way may be anywhere.
    """
    if not view.name.isidentifier():
        return True
    return re.search(rf"(?<!\w){re.escape(view.name)}(?!\w)", text, re.IGNORECASE) is not None
