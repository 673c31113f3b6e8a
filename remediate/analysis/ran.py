"""What the revisions that a database has run did to tables, told from their text."""

from collections.abc import Collection

from remediate.analysis.revisions import full_name
from remediate.lint import facts, read
from remediate.lint.facts import Change
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

Ran = tuple[Revision, tuple[Change, ...]]  # what its upgrade did


def ran(
    tables: Collection[Name], live: Live, history: History, engine: str = ""
) -> tuple[Ran, ...]:
    """What revisions that name a table do to it, the oldest first; also by its former names.

    They are read from the newest on: what renames a table tells what older ones call it. `engine`
    is what env.py calls the database, where it opens several.
    """
    words = {table.name.lower() for table in tables}
    found = []
    for revision in reversed(history.in_order):
        text = revision.text.lower()
        if revision.id not in history.applied or not any(word in text for word in words):
            continue
        functions = {"upgrade", f"upgrade_{engine}"}
        changes = tuple(c for c in read(revision.text).changes if c.function in functions)
        for fact in (c.fact for c in changes):
            if isinstance(fact, facts.TableRenamed):
                old, new = (full_name(name, live).name.lower() for name in (fact.table, fact.new))
                words |= {old} if new in words else set()
        found.append((revision, changes))
    return tuple(found[::-1])
