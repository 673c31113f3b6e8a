"""Which values a rehearsal lays on both sides of a reference."""

from collections.abc import Iterator

from remediate.analysis.grounds import grounds
from remediate.rehearsal.references import Reference
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate, ForeignKey
from remediate.snapshots.tables import INTEGER_MAX, INTEGER_MIN, Column


def meant(live: Live) -> Iterator[Reference]:
    """Columns of another type than their key, of which every value was read, and is a key.

    Another made-up value would fail where no row of the database does.
    """
    for one in live.candidates:
        found = one.evidence
        if found is None or one.fits or not grounds(one) or one.collisions:
            continue
        if found.whole and found.present == found.values:
            laid = keys(one.foreign_key, live)
            yield Reference(
                one.table, (one.column,), one.target, (one.target_column,), "",
                laid, spelled(laid, one),
            )  # fmt: skip


def keys(fk: ForeignKey, live: Live) -> tuple[str, ...]:
    """Values for the key, as far as the column that refers to it can hold them."""
    if fk.target_types[0] == "uuid":
        return ("6d3f1c0e-5b1a-4c7d-9e2f-0a1b2c3d4e5f",)
    table, name = live.table_of.get(fk.target), fk.target_columns[0]
    key = table.column(name) if table and table.has(name) else None
    low = INTEGER_MIN.get(fk.types[0], 1)
    high = INTEGER_MAX.get(fk.types[0], INTEGER_MAX["smallint"])
    found = {key.extremes.low, key.extremes.high} if key and key.extremes else set()
    fitting = sorted(v for v in found if v is not None and low <= v <= high)
    return tuple(map(str, fitting)) or (str(_given_by_none(key, live, low, high)),)


def _given_by_none(key: Column | None, live: Live, low: int, high: int) -> int:
    """A value for a key that none of its sequences will give, as far as there is one."""
    drawn = {*key.sequences, *key.owned} & live.sequence_of.keys() if key else set()
    ranges = [(s.minimum, s.maximum) for s in map(live.sequence_of.__getitem__, sorted(drawn))]
    tried = (-1, *(edge for first, last in ranges for edge in (last + 1, first - 1)))
    free = (v for v in tried if not any(first <= v <= last for first, last in ranges))
    return next((v for v in free if low <= v <= high), -1)


def spelled(laid: tuple[str, ...], candidate: Candidate | None) -> tuple[str, ...]:
    """The keys as the column holds them: one as a number with a 0, where it has such values.

    Not beside itself: converted it may collide with that in a unique index.
    """
    found = candidate.evidence if candidate else None
    if candidate is None or candidate.fits or found is None or candidate.target_type == "uuid":
        return laid
    if found.canonical >= found.convertible:
        return laid
    first, *others = laid
    sign, digits = ("-", first[1:]) if first.startswith("-") else ("", first)
    return (*others, f"{sign}0{digits}")
