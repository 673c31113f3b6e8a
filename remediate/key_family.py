"""A key with every column that holds its values."""

from collections.abc import Iterable

from remediate.capacity import WATCHED, capacity
from remediate.judgement import grounds
from remediate.schema import INTEGER_MAX, Name
from remediate.snapshot import Snapshot

Place = tuple[Name, str]


def places(table: Name, column: str, live: Snapshot, *, integers: bool = True) -> tuple[Place, ...]:
    """The key first, then the columns that reference it, then those that reference these.

    Parents before children; only columns of integer types, unless told otherwise.
    """
    found: dict[Place, None] = {(table, column): None}
    todo = [(table, column)]
    while todo:
        target, referenced = todo.pop(0)
        for fk in live.referrers.get(target, ()):
            pairs = zip(fk.target_columns, fk.columns, fk.types, strict=True)
            for theirs, ours, type_ in pairs:
                place = (fk.table, ours)
                fits = type_ in INTEGER_MAX or not integers
                if theirs == referenced and fits and place not in found:
                    found[place] = None
                    todo.append(place)
    return tuple(found)


def cost_of_following(table: Name, column: str, live: Snapshot) -> dict[str, object]:
    """What it would take to let the database have another type for a key: its whole family."""
    family = places(table, column, live, integers=False)
    tables = {name for name, _ in family}
    known = [live.table_of[name].rows or 0 for name in tables if name in live.table_of]
    ends = (
        [*((fk.table, c) for c in fk.columns), *((fk.target, c) for c in fk.target_columns)]
        for fk in live.foreign_keys
    )
    return {
        "columns": len(family),
        "tables": len(tables),
        "rows": sum(rows for rows in known if rows > 0),
        "foreign_keys": sum(not set(family).isdisjoint(of_key) for of_key in ends),
    }


def changing(live: Snapshot, also: Iterable[Place] = ()) -> tuple[Place, ...]:
    """The columns whose types may have to change.

    Those of every family whose key is half used, or is named here, and of foreign keys whose types
    do not fit, with what references these.
    """
    found: dict[Place, None] = {p: None for key in also for p in places(*key, live)}
    for table in live.tables:
        for column in table.columns:
            used = capacity(table, column, live)
            if used is not None and (used.share >= WATCHED or used.days_left is not None):
                found |= dict.fromkeys(places(table.name, column.name, live))
    for fk in live.foreign_keys:
        for name, _ in (*fk.narrower, *fk.coerced):
            found |= dict.fromkeys(places(fk.table, name, live))
    for candidate in live.candidates:
        if grounds(candidate):
            found[candidate.table, candidate.column] = None
    return tuple(found)
