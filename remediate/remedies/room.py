"""Whether a repair would leave fewer ids than the key has without it."""

from collections.abc import Iterable

from remediate.analysis.capacity import NEAR, URGENT
from remediate.snapshots.tables import INTEGER_MAX, Column, Sequence, Table


def burnt_room(sequence: Sequence, fed: Iterable[tuple[Table, Column]], target: int) -> str:
    """Why a sequence that has most of its ids is not moved on to `target`, where few are left.

    "" where enough are, or where it has not many more now.
    """
    following = sequence.next
    if following is None:
        return ""
    up = 1 if sequence.increment > 0 else -1
    own = sequence.maximum if up > 0 else sequence.minimum
    for table, column in fed:
        bound = column.highest if up > 0 else column.lowest
        end = min(up * own, up * bound)
        left, now = end - up * target + 1, end - up * following + 1
        if left < (1 - URGENT) * end and now > (1 - NEAR) * end:
            return (
                f"ids would continue at {target:,}, with {left:,} left from there: "
                f"{wider_first(column)}delete or renumber the rows of {table.name} that are so "
                "far ahead"
            )
    return ""


def lost_room(column: Column, drawn: Sequence | None, headroom: int) -> str:
    """Why the ids that `drawn`, its sequence now, still gives are not to be passed over for a few.

    "" where the next ones exist, most of the column is free, or no sequence is drawn from.
    """
    extremes = column.extremes
    if drawn is None or drawn.next is None or extremes is None:
        return ""
    if extremes.low is None or extremes.high is None:
        return ""
    meets = extremes.low if drawn.next < extremes.low else column.collision or drawn.next
    following, maximum = extremes.high + 1 + headroom, column.highest
    given, left = meets - drawn.next, maximum - following + 1
    if left >= (1 - NEAR) * maximum or given <= left:
        return ""
    return (
        f"ids would continue at {following:,}, with {left:,} left from there; the present default "
        f"generates {given:,} before it meets an existing id: {wider_first(column)}"
        "renumber the rows that are so far ahead"
    )


def wider_first(column: Column) -> str:
    """The way out that leads on, for a sentence; "" where no type is wider."""
    more = column.highest < INTEGER_MAX["bigint"]
    return "widen the column to bigint first, or " if more else ""


def more_of(sequence: Sequence) -> str:
    """What to do first with a sequence that ends too early, for a sentence."""
    if sequence.ends_with_its_type and sequence.type != "bigint":
        return f"ALTER SEQUENCE {sequence.name} AS bigint first"
    return "raise its MAXVALUE first"
