"""Tables whose first row needs another row, which needs that one: no INSERT can be the first."""

from collections.abc import Iterator

from remediate.plans.impact.graph import root
from remediate.snapshots.live import Live, family
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Generator, Name


def required(name: Name, live: Live) -> Iterator[ForeignKey]:
    """The foreign keys without which no row of the table, or of a partition of it, can be."""
    table = live.table_of.get(name)
    for part in family(table, live) if table else ():
        for fk in live.references.get(part.name, ()):
            if fk.enforced and not live.may_be_null(fk):
                yield fk


def is_circle(fk: ForeignKey, name: Name, live: Live) -> bool:
    """Whether the row that it needs needs one of this table, as long as none of them has a row.

    Not where it is checked at the end of the transaction, nor where whoever inserts gives the id
    that is referred to, which may then be that of the row itself.
    """
    if not _waits(fk, live):
        return False
    seen: set[Name] = set()
    waiting = [root(fk.target, live)]
    while waiting:
        one = waiting.pop()
        if one == name:
            return True
        if one not in seen:
            seen.add(one)
            waiting += [root(n.target, live) for n in required(one, live) if _waits(n, live)]
    return False


def may_fill(fk: ForeignKey, live: Live) -> bool:
    """Whether a default or a trigger may give its columns the id of the row itself."""
    table = live.table_of.get(fk.table)
    return fk.defaulted or (table is not None and len(table.fill_triggers) > 0)


def _waits(fk: ForeignKey, live: Live) -> bool:
    """Whether the row that it refers to has to be there before, by an id that nobody knows yet."""
    empty = live.admission.holds_rows.get(fk.target) is not True
    return empty and not fk.deferrable and _is_generated(fk, live)


def _is_generated(fk: ForeignKey, live: Live) -> bool:
    target = live.table_of.get(fk.target)
    columns = [target.column(c) for c in fk.target_columns if target.has(c)] if target else []
    return any(column.generator is not Generator.NOTHING for column in columns)
