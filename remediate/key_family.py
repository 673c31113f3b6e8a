"""A key with every column that holds its values."""

from remediate.capacity import WATCHED, capacity
from remediate.judgement import grounds
from remediate.schema import INTEGER_MAX, Name
from remediate.snapshot import Snapshot

Place = tuple[Name, str]


def places(table: Name, column: str, live: Snapshot) -> tuple[Place, ...]:
    """The key first, then the columns that reference it, then those that reference these.

    Parents before children; only columns of integer types.
    """
    found: dict[Place, None] = {(table, column): None}
    todo = [(table, column)]
    while todo:
        target, referenced = todo.pop(0)
        for fk in live.referrers.get(target, ()):
            pairs = zip(fk.target_columns, fk.columns, fk.types, strict=True)
            for theirs, ours, type_ in pairs:
                place = (fk.table, ours)
                if theirs == referenced and type_ in INTEGER_MAX and place not in found:
                    found[place] = None
                    todo.append(place)
    return tuple(found)


def changing(live: Snapshot) -> tuple[Place, ...]:
    """The columns whose types may have to change.

    Those of every family whose key is half used, and of foreign keys whose types do not fit, with
    what references these.
    """
    found: dict[Place, None] = {}
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
