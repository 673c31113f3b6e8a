"""In which order tables that are not there can be created, and with which types."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from remediate.postgres.sql import quote
from remediate.snapshots.history import History
from remediate.snapshots.live import Live
from remediate.snapshots.new_tables import Author, NewTable, Unmade
from remediate.snapshots.references import ForeignKey, family_of
from remediate.snapshots.tables import Name


def in_order(tables: Iterable[NewTable]) -> tuple[NewTable, ...]:
    """Parents first; of tables that reference each other in a circle, any first."""
    known = {table.name: table for table in tables}
    left = {name: table.parents & known.keys() for name, table in known.items()}
    done: list[NewTable] = []
    while left:
        ready = [name for name, parents in left.items() if not parents]
        for name in ready or [_of_circle(left)]:
            done.append(known[name])
            del left[name]
        made = {table.name for table in done}
        left = {name: parents - made for name, parents in left.items()}
    return tuple(done)


def _of_circle(left: Mapping[Name, frozenset[Name]]) -> Name:
    """One of a circle, to which parents lead from any table that waits."""
    seen: list[Name] = []
    name = next(iter(left))
    while name not in seen:
        seen.append(name)
        name = min(left[name])
    return name


def postponed(unmade: Unmade) -> tuple[ForeignKey, ...]:
    """The foreign keys to tables that are created after their own: circles."""
    place = {table.name: number for number, table in enumerate(unmade.tables)}
    return tuple(
        fk
        for table in unmade.tables
        for fk in table.foreign_keys
        if place.get(fk.target, 0) > place[table.name]
    )


def needed(table: NewTable, unmade: Unmade) -> tuple[Name, ...]:
    """The tables that have to be created with this one, or before it."""
    found = {name for name in table.parents if name in unmade.table_of}
    found |= {fk.table for fk in postponed(unmade) if fk.target == table.name}
    for enum in table.enums:
        if enum.name not in unmade.labels:
            found.add(maker(enum.name, unmade))
    return tuple(sorted(found - {table.name}))


def maker(enum: Name, unmade: Unmade) -> Name:
    """The table with which a type of labels is created: the first one that needs it."""
    return next(t.name for t in unmade.tables if any(e.name == enum for e in t.enums))


def authors(history: History, missing: Iterable[Name], schema: str) -> dict[Name, Author]:
    """The last revision that creates each table, unless a later one drops it again."""
    found: dict[Name, Author] = {}
    wanted = frozenset(missing)
    for revision in history.in_order:
        waits = revision.id not in history.applied
        for name in (Name(n.schema or schema, n.name) for n in revision.creates):
            if name in wanted:
                found[name] = Author(revision.id, waits)
        for name in (Name(n.schema or schema, n.name) for n in revision.drops):
            found.pop(name, None)
    return found


@dataclass(frozen=True, slots=True)
class Retyped:
    """A column whose model says another type than the column that it references has."""

    column: str
    model_type: str
    type: str
    references: str  # schema.table.column


def retyped(table: NewTable, live: Live) -> tuple[Retyped, ...]:
    """The columns that get the type of what they reference, in place of the model's.

    Texts of any length reference each other, and keep their own.
    """
    return tuple(_retyped(table, live, ()))


def _retyped(table: NewTable, live: Live, seen: Sequence[Name]) -> Iterator[Retyped]:
    done: set[str] = set()
    for fk in table.foreign_keys:
        for name, target in zip(fk.columns, fk.target_columns, strict=True):
            column = table.column(name)
            theirs = type_of(fk.target, target, live, (*seen, table.name))
            if column is None or column.serial or not theirs or name in done:
                continue
            ours = column.plain_type
            texts = family_of(ours) == family_of(theirs) == "text"
            if ours != theirs and not texts:
                done.add(name)
                yield Retyped(name, ours, theirs, f"{fk.target}.{quote(target)}")


def type_of(table: Name, column: str, live: Live, seen: Sequence[Name] = ()) -> str:
    """The type that a column has, or will have; "" where nobody knows."""
    if known := live.types.get((table, column)):
        return known
    new = live.unmade.table_of.get(table)
    own = new.column(column) if new else None
    if new is None or own is None:
        return ""
    changed = () if table in seen else _retyped(new, live, seen)
    return next((one.type for one in changed if one.column == column), own.plain_type)
