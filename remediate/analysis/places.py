"""The columns that hold the values of one key, and change their types with it."""

from collections.abc import Collection, Iterable, Iterator

from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import INTEGER_MAX, Name, is_whole

Place = tuple[Name, str]


def places(table: Name, column: str, live: Live, *, integers: bool = True) -> tuple[Place, ...]:
    """The key first, then the columns that reference it, then those that reference these.

    Parents before children; only columns of whole numbers, unless told otherwise.
    """
    found: dict[Place, None] = {(table, column): None}
    todo = [(table, column)]
    while todo:
        target, referenced = todo.pop(0)
        for fk in live.referrers.get(target, ()):
            declared = fk.declared or fk.types
            pairs = zip(fk.target_columns, fk.columns, fk.types, declared, strict=True)
            for theirs, ours, type_, written in pairs:
                place = (fk.table, ours)
                fits = type_ in INTEGER_MAX or is_whole(written) or not integers
                if theirs == referenced and fits and place not in found:
                    found[place] = None
                    todo.append(place)
    return tuple(found)


def numeric_family(table: Name, column: str, live: Live) -> tuple[Place, ...]:
    """What becomes bigint together with a numeric key without decimals; () where it is none.

    What references comes before what it references: PostgreSQL has operators for a bigint column
    that references a numeric key, and none the other way round (42804).
    """
    key = live.table_of.get(table)
    known = key.column(column) if key and key.has(column) else None
    if known is None or known.base_type != "numeric" or not known.is_integer:
        return ()
    if known.extremes and known.extremes.fractional:
        return ()
    found: dict[Place, None] = {(table, column): None}
    todo = [(table, column)]
    while todo:
        place = todo.pop()
        for near in (*places(*place, live)[1:], *_numeric_parents(place, live)):
            if near not in found:
                found[near] = None
                todo.append(near)
    return _children_first(found, live)


def widened_with(table: Name, column: str, live: Live) -> tuple[Place, ...]:
    """The columns that have to be as wide as a key, with it, in the order of their conversion."""
    return numeric_family(table, column, live) or places(table, column, live)


def _numeric_parents(place: Place, live: Live) -> Iterator[Place]:
    for fk in live.references.get(place[0], ()):
        if place[1] in fk.columns:
            target = fk.target_of(place[1])
            if fk.target_types[fk.target_columns.index(target[1])] == "numeric":
                yield target


def _children_first(family: Iterable[Place], live: Live) -> tuple[Place, ...]:
    """Each table after those that reference it; tables that reference each other come last."""
    left = sorted(family)
    ordered: list[Place] = []
    while left:
        tables = {name for name, _ in left}
        referenced = {
            fk.target
            for name in tables
            for fk in live.references.get(name, ())
            if fk.target != name and is_within(fk, left)
        }
        free = [place for place in left if place[0] not in referenced] or left
        ordered += free
        left = [place for place in left if place not in free]
    return tuple(ordered)


def is_within(fk: ForeignKey, family: Collection[Place]) -> bool:
    """Whether a column of the foreign key and what it references are among these."""
    return any((fk.table, c) in family and fk.target_of(c) in family for c in fk.columns)


def unlike_numbers(family: Iterable[Place], live: Live) -> tuple[str, ...]:
    """The foreign keys whose columns cannot become bigint with what they reference."""
    known = set(family)
    return tuple(
        fk.name
        for name in sorted({name for name, _ in known})
        for fk in live.referrers.get(name, ())
        for column in fk.columns
        if fk.target_of(column) in known and (fk.table, column) not in known
    )
