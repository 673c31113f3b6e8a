"""In which order tables that are not there can be created, and with which types."""

import re
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass

from remediate.findings import marks
from remediate.postgres.sql import ident, quote, serial_name
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.new_tables import Author, NewTable, Unmade
from remediate.snapshots.references import family_of
from remediate.snapshots.tables import PUBLIC, Name

_LOOKS = re.compile(r"if.not.exists|\b(has_table|inspect|get_table_names)\b", re.IGNORECASE)


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
    name = min(left)
    while name not in seen:
        seen.append(name)
        name = min(left[name])
    return name


def needed(table: NewTable, unmade: Unmade) -> tuple[Name, ...]:
    """The tables that have to be created with this one, or before it."""
    found = {name for name in table.parents if name in unmade.table_of}
    found |= {fk.table for fk in unmade.postponed if fk.target == table.name}
    return tuple(sorted(found - {table.name}))


def own_sequence(table: Name, column: str, taken: Iterable[Name]) -> Name:
    """The sequence that PostgreSQL creates with a serial or identity column."""
    there = {name.name for name in taken if name.schema == table.schema}
    return Name(table.schema, serial_name(table.name, column, there))


def drawn_from(table: NewTable, taken: Collection[Name]) -> tuple[Name, ...]:
    """The sequences that whoever inserts into it has to be allowed to use: none of identities."""
    serial = (own_sequence(table.name, c.name, taken) for c in table.columns if c.serial)
    return (*serial, *table.shared)


def grants(table: NewTable, live: Live) -> tuple[str, ...]:
    """The statements that give roles what they may do with most other tables of its schema."""
    sequences = ", ".join(name.sql for name in drawn_from(table, live.taken))
    found: list[str] = []
    for role, rights in live.unmade.rights.get(table.name.schema, ()):
        to = "PUBLIC" if role == PUBLIC else ident(role)
        found.append(f"GRANT {', '.join(rights)} ON {table.name.sql} TO {to}")
        if sequences and "INSERT" in rights:
            found.append(f"GRANT USAGE ON SEQUENCE {sequences} TO {to}")
    return tuple(found)


def authors(
    history: History, missing: Iterable[Name], there: Container[Name], schema: str
) -> dict[Name, Author]:
    """The last revision that creates each table, unless a later one drops it again."""
    found: dict[Name, Author] = {}
    wanted = frozenset(missing)
    for revision in history.in_order:
        waits = revision.id not in history.applied
        for name in (Name(n.schema or schema, n.name) for n in revision.creates):
            if name in wanted:
                left = remains(revision, history, there, schema)
                found[name] = Author(revision.id, waits, left, revision.down)
        for name in (Name(n.schema or schema, n.name) for n in revision.drops):
            found.pop(name, None)
    return found


def remains(
    revision: Revision, history: History, there: Container[Name], schema: str
) -> tuple[Name, ...]:
    """The tables that are there, and on which running it, or running it again, fails.

    `alembic upgrade` runs again what followed it, too. A revision that looks first whether there is
    a table does not fail.
    """
    several = _again(revision, history)
    dropped = {name for one in (*several, *history.waiting) for name in one.drops}
    found = (
        Name(name.schema or schema, name.name)
        for one in several
        if _is_generated(one) or not _LOOKS.search(one.text)
        for name in one.creates
        if name not in dropped
    )
    return tuple(name for name in found if name in there)


def _again(revision: Revision, history: History) -> list[Revision]:
    """What runs with it once it is not recorded as run: all that has run since."""
    again = {revision.id}
    if revision.id in history.applied:
        for one in history.in_order:
            if one.id in history.applied and history.parents[one.id] & again:
                again.add(one.id)
    return [one for one in history.in_order if one.id in again]


def _is_generated(revision: Revision) -> bool:
    return marks.is_ours(revision.text, marks.engine_of(revision.text))


@dataclass(frozen=True, slots=True)
class Retyped:
    """A column whose model says another type than the column that it references has."""

    column: str
    model_type: str  # "" where the model leaves it to the reference
    type: str
    references: str  # schema.table.column


def retyped(table: NewTable, live: Live) -> tuple[Retyped, ...]:
    """The columns that get the type of what they reference, in place of the model's."""
    referring = dict.fromkeys(name for fk in table.foreign_keys for name in fk.columns)
    found = []
    for column in filter(None, map(table.column, referring)):
        type_ = type_of(table.name, column.name, live)
        target = _referenced(table, column.name)
        if target and type_ != column.plain_type:
            place = f"{target[0]}.{quote(target[1])}"
            found.append(Retyped(column.name, column.plain_type, type_, place))
    return tuple(found)


_Place = tuple[Name, str]


def type_of(table: Name, column: str, live: Live, seen: tuple[_Place, ...] = ()) -> str:
    """The type that a column has, or will have; "" where nobody knows.

    Texts of any length reference each other, and keep their own.
    """
    if known := live.types.get((table, column)):
        return known
    new = live.unmade.table_of.get(table)
    own = new.column(column) if new else None
    if new is None or own is None:
        return ""
    target = None if own.serial else _referenced(new, column)
    if target is None:
        return own.plain_type
    if target in seen:  # columns that reference each other: one of them decides for all
        first = min((*seen[seen.index(target) :], (table, column)))
        deciding = live.unmade.table_of[first[0]].column(first[1])
        return (deciding and deciding.plain_type) or own.plain_type
    theirs = type_of(*target, live, (*seen, (table, column)))
    texts = family_of(own.plain_type) == family_of(theirs) == "text"
    return own.plain_type if texts or not theirs else theirs


def _referenced(table: NewTable, column: str) -> _Place | None:
    """The column that its first foreign key leads to."""
    for fk in table.foreign_keys:
        if column in fk.columns:
            return fk.target, fk.target_columns[fk.columns.index(column)]
    return None
