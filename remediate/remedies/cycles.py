"""Let a sequence end instead of starting over: with more ids, or beyond them, where it must."""

from dataclasses import replace

from remediate.analysis.capacity import Capacity
from remediate.findings.finding import Options
from remediate.findings.remedy import Manual, Remedy
from remediate.findings.states import Cycle
from remediate.remedies.sequences import advance_beyond
from remediate.remedies.states import hold_sequence, sequence_expected
from remediate.remedies.steps import alter_sequence
from remediate.remedies.widening import more_ids
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Sequence, Table
from remediate.system.words import counted


def forbid_cycle(sequence: Sequence) -> Remedy:
    """NO CYCLE."""
    return Remedy(
        title=f"set NO CYCLE on sequence {sequence.name}",
        undo="set CYCLE again",
        steps=(alter_sequence(sequence.name, "NO CYCLE", "CYCLE", "cycle"),),
        holds=(hold_sequence(sequence),),
        expectations=(sequence_expected(sequence, Cycle(cycles=False)),),
    )


def forbid_cycle_beyond(sequence: Sequence, live: Live, options: Options) -> Remedy | Manual:
    """NO CYCLE, and on beyond every id: for one that then lies behind them."""
    moved = advance_beyond(sequence, live, options)
    if isinstance(moved, Manual):
        return moved
    alone = forbid_cycle(sequence)
    return replace(
        moved,
        title=f"{alone.title}, next value beyond the highest id",
        undo="set CYCLE again; the sequence does not return to skipped values before its end",
        steps=(*alone.steps, *moved.steps),
        expectations=(*moved.expectations, *alone.expectations),
    )


def forbid_cycle_with_room(
    sequence: Sequence, place: tuple[Table, Column], used: Capacity, live: Live, options: Options
) -> Remedy | Manual:
    """More ids, then NO CYCLE: for one that would end soon, while INSERTs start over and go on."""
    room = more_ids(used, *place, live, options)
    if isinstance(room, Manual):
        return Manual(
            f"{_left(used.remaining)}: NO CYCLE alone would turn one error into another, and it "
            f"cannot get more: {room.reason}"
        )
    alone = forbid_cycle(sequence)
    return replace(
        room,
        title=f"{room.title}, and {alone.title}",
        undo=f"{alone.undo}; {room.undo}",
        steps=(*room.steps, *alone.steps),
        holds=(*room.holds, *alone.holds),
        expectations=(*room.expectations, *alone.expectations),
    )


def _left(ids: int) -> str:
    return f"the sequence has {counted(ids, 'id')} left" if ids else "the sequence is at its end"
