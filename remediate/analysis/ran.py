"""What the revisions that a database has run did to tables, told from their text."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from remediate.analysis.revisions import full_name
from remediate.findings.finding import ColumnPlace
from remediate.lint import facts, read
from remediate.lint.facts import Change
from remediate.lint.scope import HOLE
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

_WORD = re.compile(r"\w+")
Ran = tuple[Revision, tuple[Change, ...]]  # what its upgrade did


def ran(
    tables: Collection[Name], live: Live, history: History, engine: str = ""
) -> tuple[Ran, ...]:
    """What revisions that name a table do to it, the oldest first; also by its former names.

    They are read from the newest on: what renames a table tells what older ones call it. `engine`
    is what env.py calls the database, where it opens several.
    """
    names = {table.name.lower() for table in tables}
    odd = {name for name in names if not _WORD.fullmatch(name)}
    found = []
    for revision in reversed(history.in_order):
        if revision.id not in history.applied or not _names_one(revision.text.lower(), names, odd):
            continue
        functions = {"upgrade", f"upgrade_{engine}"}
        changes = tuple(c for c in read(revision.text).changes if c.function in functions)
        for fact in (c.fact for c in changes):
            if isinstance(fact, facts.TableRenamed):
                old, new = (full_name(name, live).name.lower() for name in (fact.table, fact.new))
                names |= {old} if new in names else set()
                odd |= {old} if new in names and not _WORD.fullmatch(old) else set()
        found.append((revision, changes))
    return tuple(found[::-1])


def _names_one(text: str, names: Collection[str], odd: Collection[str]) -> bool:
    """Whether a text holds one of these names, or what is called after one: users_id_seq.

    Those that are no word are looked for one by one; of the others there may be thousands.
    """
    if any(name in text for name in odd):
        return True
    return any(start in names for word in {*_WORD.findall(text)} for start in _starts(word))


def _starts(word: str) -> Iterator[str]:
    parts = word.split("_")
    return ("_".join(parts[:n]) for n in range(1, len(parts) + 1))


def of_runs(maps: Iterable[Mapping[str, str]]) -> frozenset[str]:
    """The schemas in which env.py runs the revisions: each has what one makes that names none."""
    return frozenset(one[""] for one in maps if "" in one)


def written(place: ColumnPlace, schemas: Collection[str], live: Live) -> ColumnPlace:
    """A place in one of these schemas as the text of a revision tells it: in the default one."""
    if place.table.schema not in schemas:
        return place
    return ColumnPlace(Name(live.database.default_schema, place.table.name), place.column)


def since_untold(done: Iterable[Ran]) -> tuple[Ran, ...]:
    """Of these, what comes after the last step whose text does not tell which table it changes."""
    kept: list[Ran] = []
    for revision, changes in done:
        last = max((n for n, c in enumerate(changes, 1) if _is_untold(c.fact)), default=0)
        kept = [*([] if last else kept), (revision, changes[last:])]
    return tuple(kept)


def _is_untold(fact: facts.Fact) -> bool:
    unread = isinstance(fact, facts.Opaque | facts.NotRead)
    return unread or HOLE in getattr(fact, "table", "")
