"""What a project's own tests have to try: its repaired keys and references, and rows for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from remediate.findings.effects import Leaves
from remediate.findings.finding import Place
from remediate.findings.marks import place_of
from remediate.postgres.sql import ident
from remediate.rehearsal.type_values import unknown
from remediate.rules import RULES_BY_CODE
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Generator, Name
from remediate.verification.keys import by_application

_LINE = 75


@dataclass(frozen=True, slots=True)
class Key:
    """A key that the database generates."""

    table: Name
    column: str
    positive: bool  # an integer that counts up


class Untestable(Enum):
    """Why a repaired place is not tried."""

    NO_REFERENCE = auto()  # is enforced
    NO_SUCH_COLUMN = auto()
    FILLED_BY_MODELS = auto()
    NOTHING_GENERATES = auto()  # nor did anything before its repair
    NO_ROW = auto()  # can be made up, of it or of what it refers to
    KEY_MADE_UP = auto()  # a row with it may exist: nothing generates it
    CHECKED = auto()  # the column: a CHECK may refuse an unknown id first
    PARTITIONED = auto()  # a made-up row may fit no partition
    NO_OTHER_ROW = auto()  # of what it refers to can be made up
    NO_KEY = auto()  # by which the row is found again
    NOT_NULL = auto()  # is the column that ON DELETE SET NULL is to clear
    UNKNOWN_DEFAULT = auto()  # of ON DELETE SET DEFAULT: an expression


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A repaired place that is not tried."""

    place: Place | Name
    why: Untestable
    deletes: bool = False  # only the DELETE of what it refers to


@dataclass(frozen=True, slots=True)
class Cases:
    """What is to be tried, and what cannot be."""

    keys: tuple[Key, ...]
    references: tuple[ForeignKey, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def tables(self) -> tuple[Name, ...]:
        names = [key.table for key in self.keys] + [fk.table for fk in self.references]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Row:
    """An INSERT of a row with all that it must have, but for what the database generates."""

    table: Name
    values: Mapping[str, str]  # SQL
    parents: tuple[Name, ...]  # tables in which a row must stand before

    @property
    def statement(self) -> str:
        """The INSERT."""
        return self._statement(self.values)

    def refused(self, fk: ForeignKey) -> str:
        """The INSERT of a row that refers to nothing."""
        types = zip(fk.columns, fk.types, strict=True)
        return self.with_values({c: unknown(type_)[0] for c, type_ in types})

    def with_values(self, given: Mapping[str, str]) -> str:
        """The INSERT of a row with these values, whatever it has else."""
        return self._statement({**self.values, **given})

    def _statement(self, values: Mapping[str, str]) -> str:
        if not values:
            return f"INSERT INTO {self.table.sql} DEFAULT VALUES"
        names = ", ".join(map(ident, values))
        listed = ", ".join(values.values())
        if len(listed) > _LINE:
            listed = "\n    " + ",\n    ".join(values.values()) + "\n"
        return f"INSERT INTO {self.table.sql} ({names})\nVALUES ({listed})"


def cases(ids: Iterable[str], live: Live, declared: Declared) -> Cases:
    """For these findings, which were repaired: each key once, each foreign key once."""
    keys: dict[Place, Key] = {}
    references: dict[tuple[Name, str], ForeignKey] = {}
    left_out = []
    for id_ in ids:
        code, place = place_of(id_)
        leaves = RULES_BY_CODE[code].leaves if code in RULES_BY_CODE else Leaves.NOTHING
        if leaves is Leaves.TABLE and place.table:
            references |= {(fk.table, fk.name): fk for fk in live.references.get(place.table, ())}
            place, leaves = _key_of(place.table, live), Leaves.KEY
            if place.column is None:  # nothing generates one
                continue
        if leaves.is_reference:
            fk = _reference(place, live)
            if fk is None:
                left_out.append(LeftOut(place, Untestable.NO_REFERENCE))
            else:
                references[fk.table, fk.name] = fk
        elif leaves.is_key and place not in keys:
            found = _key(place, leaves, live, declared)
            if isinstance(found, LeftOut):
                left_out.append(found)
            else:
                keys[place] = found
    left_out = [one for one in left_out if one.place not in keys]  # another repair made it generate
    return Cases(tuple(keys.values()), tuple(references.values()), tuple(dict.fromkeys(left_out)))


def _key_of(name: Name, live: Live) -> Place:
    """The key of a new table, where the database generates it; else the table alone."""
    table = live.table_of.get(name)
    key = table.single_key if table else None
    generated = key is not None and key.generator is not Generator.NOTHING
    return Place(name, key.name) if key is not None and generated else Place(name)


def _key(place: Place, leaves: Leaves, live: Live, declared: Declared) -> Key | LeftOut:
    table = live.table_of.get(place.table) if place.table else None
    if table is None or place.column is None or not table.has(place.column):
        return LeftOut(place, Untestable.NO_SUCH_COLUMN)
    column = table.column(place.column)
    if by_application(table, column, live, declared):
        return LeftOut(place, Untestable.FILLED_BY_MODELS)
    if leaves is Leaves.TYPE and column.generator is Generator.NOTHING:
        return LeftOut(place, Untestable.NOTHING_GENERATES)
    sequence = drawn_from(column, live)
    counts_up = sequence is None or sequence.increment > 0
    return Key(table.name, column.name, positive=column.is_integer and counts_up)


def _reference(place: Place, live: Live) -> ForeignKey | None:
    of_table = live.references.get(place.table, ()) if place.table else ()
    named = (fk for fk in of_table if place.column in (fk.name, *fk.columns[:1]) and fk.enforced)
    return next(named, None)


def row(table: Name, values: Mapping[str, str], live: Live) -> Row:
    """The row with these values, which take the newest key where they have to be one."""
    given, parents = dict(values), []
    for fk in live.references.get(table, ()):
        if fk.enforced and set(fk.columns) <= given.keys():
            parents.append(fk.target)
            newest = ", ".join(f"{ident(column)} DESC" for column in fk.target_columns)
            for ours, theirs in zip(fk.columns, fk.target_columns, strict=True):
                query = f"SELECT {ident(theirs)} FROM {fk.target.sql} ORDER BY {newest} LIMIT 1"
                given[ours] = f"({query})"
    return Row(table, given, tuple(dict.fromkeys(parents)))


def in_a_circle(table: Name, rows: Mapping[Name, Row], above: tuple[Name, ...] = ()) -> bool:
    """Whether a row would need itself as a parent."""
    if table in above:
        return True
    return any(in_a_circle(parent, rows, (*above, table)) for parent in rows[table].parents)
