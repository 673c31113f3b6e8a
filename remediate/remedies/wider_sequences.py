"""Sequences of a wider type, and their way back to the bounds that they have now."""

from collections.abc import Iterable

from remediate.findings.finding import Options
from remediate.findings.remedy import Lock, Remedy, Step
from remediate.findings.states import Range, Type
from remediate.postgres.sql import regclass
from remediate.remedies.sequences import after_advance
from remediate.remedies.states import hold_sequence, sequence_expected
from remediate.remedies.steps import alter_sequence
from remediate.snapshots.live import Live
from remediate.snapshots.tables import INTEGER_MAX, INTEGER_MIN, Sequence


def widen_sequence(sequence: Sequence, type_: str, live: Live, options: Options) -> Remedy:
    """AS another type; bounds that somebody chose stay."""
    back = back_to_end(sequence, live, options)
    until = "at its end: no id is left there" if back else while_ids_fit([sequence])
    return Remedy(
        title=f"make sequence {sequence.name} {type_}",
        undo=f"make it {sequence.type} again, {until}",
        steps=(alter_sequence(sequence.name, f"AS {type_}", f"AS {sequence.type}"), *back),
        holds=(hold_sequence(sequence),),
        expectations=(sequence_expected(sequence, Type(type_), bounds_as(sequence, type_)),),
    )


def while_ids_fit(sequences: Iterable[Sequence]) -> str:
    """Until when sequences can go back to the bounds that they have; the next id may be too many.

    Going back, PostgreSQL refuses a sequence that stands beyond its bound (22023).
    """
    if any(at_end(s) for s in sequences):
        return "until the next id is given out: the way back refuses it, as it does not fit"
    return "as long as all ids fit: beyond, the way back refuses"


def at_end(sequence: Sequence) -> bool:
    """Whether not one value is left."""
    following = sequence.next
    return following is not None and not _holds(sequence, following)


def back_to_end(sequence: Sequence, live: Live, options: Options) -> tuple[Step, ...]:
    """A step, the last of an upgrade, whose inverse puts the sequence back at its present end.

    Without it PostgreSQL refuses the way back (22023) once a later repair moves the sequence beyond
    the ids, although no id is there yet. None where it lies beyond them, or they leave it room.
    """
    following = after_advance(sequence, live.fed.get(sequence.name, ()), options.headroom)
    if following == sequence.next or _holds(sequence, following):
        return ()
    return (Step("", _to_end(sequence), Lock.ACCESS_EXCLUSIVE, sequence.name),)


def _holds(sequence: Sequence, value: int) -> bool:
    return sequence.minimum <= value <= sequence.maximum


def _to_end(sequence: Sequence) -> str:
    up, name = sequence.increment > 0, sequence.name
    end = sequence.maximum if up else sequence.minimum
    # RESTART gives the sequence another file, by which a rollback undoes setval() too.
    return (
        "DO $remediate$\n"
        "BEGIN\n"
        f"  IF (SELECT last_value {'>' if up else '<'} {end} FROM {name.sql}) THEN\n"
        f"    ALTER SEQUENCE {name.sql} RESTART WITH {end};\n"
        f"    PERFORM setval({regclass(*name)}, {end});\n"
        "  END IF;\n"
        "END\n"
        "$remediate$"
    )


def bounds_as(sequence: Sequence, type_: str) -> Range:
    """The bounds after a change of type: PostgreSQL moves only those of the former type."""
    low, high = sequence.minimum, sequence.maximum
    if low == INTEGER_MIN[sequence.type]:
        low = INTEGER_MIN[type_]
    if high == INTEGER_MAX[sequence.type]:
        high = INTEGER_MAX[type_]
    return Range(low, high)
