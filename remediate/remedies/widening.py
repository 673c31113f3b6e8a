"""The remedies for ids that no longer fit: wider types for keys and for what references them."""

from remediate.analysis.capacity import URGENT, Capacity, counted_by
from remediate.analysis.facts import in_words
from remediate.analysis.places import Place, numeric_family, places, widened_with
from remediate.findings.finding import Options
from remediate.findings.remedy import Manual, Remedy, Step
from remediate.findings.states import Range, Type
from remediate.postgres.sql import quote
from remediate.remedies.alterations import bounds
from remediate.remedies.conversion import (
    Change,
    convert,
    mentioned,
    obstacle,
    refreshed,
    with_statistics,
)
from remediate.remedies.numbers import obstacle_to_bigint, whole_values
from remediate.remedies.states import hold_sequence, sequence_expected
from remediate.remedies.steps import alter_sequence
from remediate.remedies.wider_sequences import WHILE_IDS_FIT, back_to_end, bounds_as, widen_sequence
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import INTEGER_MAX, INTEGER_MIN, Column, Sequence, Table

TARGET = "bigint"
NAMED_NOT_NULL = 180000  # from here on NOT NULL is a constraint with a name


def widen_family(table: Table, column: Column, live: Live, options: Options) -> Remedy | Manual:
    """bigint for a key and every narrower column that references it, near and far.

    int4 to int8 with its foreign keys in place is accepted in either order (PostgreSQL 15 to 18).
    """
    return widen_keys([(table.name, column.name)], live, options)


def widen_keys(keys: list[Place], live: Live, options: Options) -> Remedy | Manual:
    """The same for the several columns of one key."""
    if any(key not in live.members for key in keys):
        return Manual(
            "remediate did not read its column: plan again once the earlier repairs have run"
        )
    family = dict.fromkeys(place for key in keys for place in widened_with(*key, live))
    if reason := obstacle_to_bigint(keys, live) or _keyed_apart(keys, live):
        return Manual(reason)
    narrow = [p for p in family if p in live.members and live.members[p].type != TARGET]
    if not narrow:
        return Manual(
            "every column is bigint already, and no id is left: decide what to do by hand"
        )
    others = len([place for place in narrow if place not in keys])
    also = f" with {_counted(others)} it" if others else ""
    verb = "convert" if any(numeric_family(*key, live) for key in keys) else "widen"
    title = f"{verb} {in_words(f'{n}.{quote(c)}' for n, c in keys)} to {TARGET}{also}"
    return _widened(keys, dict.fromkeys(narrow, TARGET), title, live, options)


def _keyed_apart(keys: list[Place], live: Live) -> str:
    """Why no type is changed above keys that partitions have for themselves.

    18 makes each such key anew with a NOT NULL constraint, which the partition may have inherited
    by another name; pg_dump gives it that name, so that no copy shows it (measured on 18.6).
    """
    roots = (live.table_of.get(name) for name, _ in keys)
    apart = [t.name for t in roots if t and t.missing_key and t.missing_key.apart]
    if not apart or live.database.version < NAMED_NOT_NULL:
        return ""
    return (
        f"the partitions of {apart[0]} have primary keys of their own, and PostgreSQL may refuse "
        "to recreate them (55000): drop these keys first, and add them again afterwards"
    )


def more_ids(
    used: Capacity | None, table: Table, column: Column, live: Live, options: Options
) -> Remedy | Manual:
    """A wider sequence where that ends first, or else wider columns too; `used`: of the key."""
    sequence = counted_by(column, live)
    if sequence is not None and column.base_type != TARGET and (reason := _spent(sequence)):
        return Manual(reason)
    at_end = used and not used.by_sequence and abs(used.limit) >= INTEGER_MAX[TARGET]
    if at_end and column.base_type != TARGET:
        return Manual(
            f"no sequence exceeds {TARGET}: decide about the rows that are so far ahead, or what "
            "happens once no id is left"
        )
    if used is None or sequence is None or not used.by_sequence:
        return widen_family(table, column, live, options)
    if not sequence.ends_with_its_type:
        return Manual(
            f"someone set the end of the sequence {sequence.name} to {used.limit:,}: "
            "raise its bound, or decide what happens when it is reached"
        )
    wider = column.counted_as
    if INTEGER_MAX[wider] > INTEGER_MAX[sequence.type]:
        return widen_sequence(sequence, wider, live)
    return widen_family(table, column, live, options)


def _spent(sequence: Sequence) -> str:
    """Why wider columns do not help: what they draw from is nearly at the end of bigint."""
    up, following = (1 if sequence.increment > 0 else -1), sequence.next
    end = INTEGER_MAX[TARGET]
    if following is None or up * following < URGENT * end:
        return ""
    return (
        f"the sequence {sequence.name} is at {following:,}, near the end of {TARGET}: no type is "
        "wider, so decide what to do by hand"
    )


def widen_reference(fk: ForeignKey, live: Live, options: Options) -> Remedy | Manual:
    """The types of the key for the narrower columns of a foreign key, and for what follows them."""
    wanted: dict[Place, str] = {}
    for column, type_ in fk.narrower:
        for place in places(fk.table, column, live):
            member = live.members.get(place)
            now = INTEGER_MAX.get(member.type) if member else None
            if now is not None and now < INTEGER_MAX[type_]:
                wanted[place] = type_
    if not wanted:
        return Manual("the type of the column is a domain: decide whether to widen the domain")
    title = f"widen {', '.join(f'{name}.{quote(column)}' for name, column in wanted)}"
    types = sorted(set(wanted.values()))
    return _widened([], wanted, f"{title} to {' and '.join(types)}", live, options)


def _widened(
    also: list[Place], wanted: dict[Place, str], title: str, live: Live, options: Options
) -> Remedy | Manual:
    """`also`: places whose sequences grow, although they may be wide enough themselves."""
    changes = [Change(place, type_) for place, type_ in wanted.items()]
    if reason := obstacle(changes, live, options):
        return Manual(reason)
    made = convert(changes, live)
    steps = [*whole_values(changes, live), *made.steps]
    holds, expectations = [*made.holds], [*made.expectations]
    growing = [place for place, type_ in wanted.items() if type_ == TARGET]
    grown = _sequences([*also, *growing], live)
    for sequence in grown:
        steps += _grow(sequence)
        holds.append(hold_sequence(sequence))
        expectations.append(sequence_expected(sequence, Type(TARGET), _bounds(sequence)))
    steps += (back_to_end(sequence, live) for sequence in grown)
    return Remedy(
        title=title + refreshed(made) + mentioned(changes, live),
        undo=f"narrow them again, {WHILE_IDS_FIT}",
        steps=with_statistics(steps, changes),
        holds=tuple(holds),
        expectations=tuple(expectations),
        dependants=made.dependants,
        rows=made.rows,
        size=made.size,
    )


def _sequences(columns: list[Place], live: Live) -> list[Sequence]:
    """Those of the columns that would end before their column does."""
    tables = ((live.table_of.get(name), column) for name, column in columns)
    counting = (_counting(t.column(column), live) for t, column in tables if t and t.has(column))
    found = {sequence.name: sequence for some in counting for sequence in some}
    return [s for s in found.values() if s.type != TARGET or _ends_with_column(s)]


def _counting(column: Column, live: Live) -> list[Sequence]:
    """What the column draws from; what it owns where nothing does, as that is attached next."""
    if sequence := drawn_from(column, live):
        return [sequence]
    return [live.sequence_of[name] for name in column.owned if name in live.sequence_of]


def _grow(sequence: Sequence) -> list[Step]:
    steps, then = [], _bounds(sequence)
    parts = bounds(TARGET, then.low, then.high)
    # Identity sequences grow with their column; narrowing gives back what it found.
    if sequence.type != TARGET and not sequence.identity:
        typed = (f"AS {TARGET}", f"AS {sequence.type}")
        steps.append(alter_sequence(sequence.name, *typed, *parts))
    if _ends_with_column(sequence):
        word = "MAXVALUE" if sequence.increment > 0 else "MINVALUE"
        bound = sequence.maximum if sequence.increment > 0 else sequence.minimum
        ended = (f"NO {word}", f"{word} {bound}")
        steps.append(alter_sequence(sequence.name, *ended, *parts))
    return steps


def _ends_with_column(sequence: Sequence) -> bool:
    """Whether a bigint sequence ends where integer does, as some tools write it."""
    narrow = INTEGER_MAX if sequence.increment > 0 else INTEGER_MIN
    bound = sequence.maximum if sequence.increment > 0 else sequence.minimum
    return sequence.type == TARGET and bound in (narrow["smallint"], narrow["integer"])


def _bounds(sequence: Sequence) -> Range:
    if not _ends_with_column(sequence):
        return bounds_as(sequence, TARGET)
    if sequence.increment > 0:
        return Range(sequence.minimum, INTEGER_MAX[TARGET])
    return Range(INTEGER_MIN[TARGET], sequence.maximum)


def _counted(others: int) -> str:
    return f"{others:,} columns that reference" if others > 1 else "the column that references"
