"""Whether a repair would leave fewer ids than the key has without it."""

from remediate.analysis.capacity import NEAR
from remediate.snapshots.tables import INTEGER_MAX, Column, Sequence


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
    following, maximum = extremes.high + 1 + headroom, INTEGER_MAX[column.base_type]
    given, left = meets - drawn.next, maximum - following + 1
    if left >= (1 - NEAR) * maximum or given <= left:
        return ""
    return (
        f"ids would go on from {following}, and {left} are left from there; the present default "
        f"gives {given} before it meets one that exists: widen the column to bigint first, or "
        "renumber the rows that stand so far ahead"
    )
