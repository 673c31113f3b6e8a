"""Sequences of a wider type, and their way back to the bounds that they have now."""

from collections.abc import Iterator

from remediate.analysis.places import Place
from remediate.findings.remedy import Lock, Remedy, Step
from remediate.findings.states import Range, Type
from remediate.postgres.sql import ident, literal, quote, regclass
from remediate.remedies.alterations import bounds
from remediate.remedies.states import hold_sequence, sequence_expected
from remediate.remedies.steps import alter_sequence
from remediate.snapshots.live import Live
from remediate.snapshots.tables import INTEGER_MAX, INTEGER_MIN, Sequence

WHILE_IDS_FIT = "if all ids fit; otherwise the downgrade refuses"


def widen_sequence(sequence: Sequence, type_: str, live: Live) -> Remedy:
    """AS another type; bounds that somebody chose stay."""
    until = "at its end: no id is left there" if _passed(sequence, live) else WHILE_IDS_FIT
    then = bounds_as(sequence, type_)
    parts = bounds(type_, then.low, then.high)
    steps = (
        alter_sequence(sequence.name, f"AS {type_}", f"AS {sequence.type}", *parts),
        back_to_end(sequence, live),
    )
    return Remedy(
        title=f"make sequence {sequence.name} {type_}",
        undo=f"make it {sequence.type} again, {until}",
        steps=steps,
        holds=(hold_sequence(sequence),),
        expectations=(sequence_expected(sequence, Type(type_), then),),
    )


def back_to_end(sequence: Sequence, live: Live) -> Step:
    """A step, the last of an upgrade, whose inverse puts the sequence back at its present end.

    PostgreSQL refuses the way back (22023) to a sequence that stands beyond its bound, though no id
    is there: a later repair has moved it, or an INSERT that failed has drawn a value. Ids that came
    beyond it are refused.
    """
    return Step("", _to_end(sequence, live), Lock.ACCESS_EXCLUSIVE, sequence.name)


def _to_end(sequence: Sequence, live: Live) -> str:
    up, name, end = sequence.increment > 0, sequence.name, _end(sequence)
    beyond = ">" if up else "<"
    passed = _passed(sequence, live)
    checks = (
        f"    IF EXISTS (SELECT FROM {table.sql} WHERE {ident(column)} {beyond} {end}) THEN\n"
        "      RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = "
        + literal(f"remediate: {table}.{quote(column)} holds ids beyond {end}, where {name} ends")
        + " || '; nothing was changed';\n    END IF;\n"
        for table, column in _filled(sequence, live)
        if (table, column) not in passed
    )
    # RESTART gives the sequence another file, by which a rollback undoes setval() too.
    return (
        f"DO $remediate$\nBEGIN\n  IF (SELECT last_value {beyond} {end} FROM {name.sql}) THEN\n"
        f"{''.join(checks)}    ALTER SEQUENCE {name.sql} RESTART WITH {end};\n"
        f"    PERFORM setval({regclass(*name)}, {end});\n"
        "  END IF;\nEND\n$remediate$"
    )


def _filled(sequence: Sequence, live: Live) -> Iterator[Place]:
    """The columns of numbers that it fills, or would."""
    places = {(table.name, column.name) for table, column in live.fed.get(sequence.name, ())}
    for table, name in sorted(places | ({sequence.owned_by} if sequence.owned_by else set())):
        known = live.table_of.get(table)
        if known and known.has(name) and known.column(name).base_type in (*INTEGER_MAX, "numeric"):
            yield table, name


def _passed(sequence: Sequence, live: Live) -> frozenset[Place]:
    """Those of the columns that hold ids beyond its end by now."""
    up, end = (1 if sequence.increment > 0 else -1), _end(sequence)
    found = set()
    for table, name in _filled(sequence, live):
        extremes = live.table_of[table].column(name).extremes
        last = (extremes.high if up > 0 else extremes.low) if extremes else None
        if last is not None and up * last > up * end:
            found.add((table, name))
    return frozenset(found)


def _end(sequence: Sequence) -> int:
    return sequence.maximum if sequence.increment > 0 else sequence.minimum


def bounds_as(sequence: Sequence, type_: str) -> Range:
    """The bounds after a change of type: PostgreSQL moves only those of the former type."""
    low, high = sequence.minimum, sequence.maximum
    if low == INTEGER_MIN[sequence.type]:
        low = INTEGER_MIN[type_]
    if high == INTEGER_MAX[sequence.type]:
        high = INTEGER_MAX[type_]
    return Range(low, high)
