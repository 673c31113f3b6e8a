"""A key with every column that holds its values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remediate.analysis.capacity import WATCHED, capacity
from remediate.analysis.grounds import grounds
from remediate.analysis.places import Place, numeric_family, places, widened_with
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Name, Table


@dataclass(frozen=True, slots=True)
class Cost:
    """What would be changed, and made anew."""

    columns: int
    tables: int
    rows: int  # by the statistics
    foreign_keys: int


def cost_of_following(table: Name, column: str, live: Live) -> Cost:
    """What it would take to let the database have another type for a key: its whole family."""
    family = places(table, column, live, integers=False)
    tables = {name for name, _ in family}
    known = [live.table_of[name].rows or 0 for name in tables if name in live.table_of]
    ends = (
        [*((fk.table, c) for c in fk.columns), *((fk.target, c) for c in fk.target_columns)]
        for fk in live.foreign_keys
    )
    return Cost(
        columns=len(family),
        tables=len(tables),
        rows=sum(rows for rows in known if rows > 0),
        foreign_keys=sum(not set(family).isdisjoint(of_key) for of_key in ends),
    )


def changing(live: Live, also: Iterable[Place] = ()) -> tuple[Place, ...]:
    """The columns whose types may have to change.

    Those of every family whose key is half used (or will be, once a sequence counts its ids), or is
    named here, and of foreign keys whose types do not fit, with what references these.
    """
    found: dict[Place, None] = {p: None for key in also for p in widened_with(*key, live)}
    for table in live.tables:
        for column in table.columns:
            if _fills(table, column, live):
                found |= dict.fromkeys(widened_with(table.name, column.name, live))
    return tuple(found | dict.fromkeys(_referring(live)))


def _referring(live: Live) -> Iterator[Place]:
    for fk in live.foreign_keys:
        for column, _ in (*fk.narrower, *fk.coerced):
            yield from places(fk.table, column, live)
        for column, _ in fk.coerced:
            yield from numeric_family(*fk.target_of(column), live)
    for candidate in live.candidates:
        if grounds(candidate):
            yield candidate.table, candidate.column
            yield from numeric_family(candidate.target, candidate.target_column, live)


def _fills(table: Table, column: Column, live: Live) -> bool:
    used = capacity(table, column, live, cycling=True)
    if used is not None:
        return used.share >= WATCHED or used.days_left is not None
    high = column.extremes.high if column.extremes else None
    return high is not None and column.is_integer and high >= WATCHED * column.highest


@dataclass(frozen=True, slots=True)
class Meaning:
    """A column that means the key."""

    table: Name
    column: str
    type: str  # domains resolved
    declared: bool  # by a foreign key


@dataclass(frozen=True, slots=True)
class Family:
    """A key and its members."""

    table: Name
    column: str
    type: str
    members: tuple[Meaning, ...]

    @property
    def inconsistent(self) -> dict[str, dict[str, int]]:
        """By name: the number of columns of each type, where they differ; the most common first."""
        found: dict[str, dict[str, int]] = {}
        for member in self.members:
            types = found.setdefault(member.column, {})
            types[member.type] = types.get(member.type, 0) + 1
        return {
            name: dict(sorted(types.items(), key=lambda pair: -pair[1]))
            for name, types in found.items()
            if len(types) > 1
        }


def families(live: Live) -> Iterator[Family]:
    """Every key that several columns mean."""
    members: dict[tuple[Name, str], list[Meaning]] = {}
    types: dict[tuple[Name, str], str] = {}
    for fk in live.foreign_keys:
        for column, type_, target, target_type in zip(
            fk.columns, fk.types, fk.target_columns, fk.target_types, strict=False
        ):
            types[fk.target, target] = target_type
            found = members.setdefault((fk.target, target), [])
            found.append(Meaning(fk.table, column, type_, declared=True))
    for one in live.candidates:
        place = (one.target, one.target_column)
        found = members.setdefault(place, [])
        types.setdefault(place, one.target_type)
        known = any(m.declared and m.column == one.column for m in found)
        if grounds(one) or (known and not one.external and one.strength > 1):
            found.append(Meaning(one.table, one.column, one.base_type, declared=False))
    for (table, column), found in members.items():
        if len(found) > 1:
            yield Family(table, column, types[table, column], tuple(found))
