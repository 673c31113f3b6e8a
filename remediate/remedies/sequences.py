"""Remedies that change one sequence: advance, widen, own, grant, and so on."""

from dataclasses import replace

from remediate.findings.finding import Options
from remediate.findings.remedy import Expectation, Hold, Lock, Manual, Remedy, Step
from remediate.findings.states import (
    Cycle,
    Default,
    Existence,
    Increment,
    Logged,
    OwnedBy,
    Range,
)
from remediate.postgres.sql import is_portable, quote, role_name
from remediate.remedies.grants import grant, grant_usage
from remediate.remedies.room import burnt_room, lost_room, more_of, wider_first
from remediate.remedies.states import column_expected, hold_sequence, sequence_expected, unchanged
from remediate.remedies.steps import (
    advance,
    alter_sequence,
    attach_sequence,
    set_default,
)
from remediate.snapshots.live import Live, drawn_from, family
from remediate.snapshots.tables import (
    PUBLIC,
    Column,
    Sequence,
    Table,
    Unique,
)

Fed = tuple[tuple[Table, Column], ...]  # columns that a sequence feeds


def advance_beyond(sequence: Sequence, live: Live, options: Options) -> Remedy | Manual:
    """Let the next value lie beyond every id in every column that the sequence feeds."""
    fed = live.fed[sequence.name]
    if any(one.subscribed for table, _ in fed for one in family(table, live)):
        return Manual(
            "logical replication fills the table, with the ids of the publisher: "
            "advance the sequence at fail-over"
        )
    target = after_advance(sequence, fed, options.headroom)
    if reason := no_room(sequence, fed, options.headroom) or burnt_room(sequence, fed, target):
        return Manual(reason)
    tables = {t.name: t for table, _ in fed for t in family(table, live)}
    return Remedy(
        title=f"advance sequence {sequence.name}, next value {target:,} or higher",
        undo="none needed: a sequence does not return to skipped values",
        steps=advance(sequence, [(t.name, c.name) for t, c in fed], beyond=options.headroom),
        holds=(
            *(Hold(name, Lock.SHARE_ROW_EXCLUSIVE) for name in tables),
            hold_sequence(sequence),
        ),
        expectations=(
            *(column_expected(table, column) for table, column in fed),
            sequence_expected(sequence, also=(Range, Increment)),
        ),
        makes=(advanced(sequence, fed, options.headroom),),
    )


def advanced(sequence: Sequence, fed: Fed, headroom: int) -> Sequence:
    """The sequence where `advance` leaves it, as far as the ids were read."""
    next_value = after_advance(sequence, fed, headroom)
    return replace(sequence, last_value=next_value, is_called=False)


def after_advance(sequence: Sequence, fed: Fed, headroom: int = 0) -> int:
    """The value that nextval() gives after `advance`, as far as the ids were read."""
    by, start = sequence.increment, sequence.next
    start = sequence.start if start is None else start
    known = [c.extremes for _, c in fed if c.extremes]
    if by > 0:
        last = max((e.high for e in known if e.high is not None), default=start - 1) + headroom
        return start + ((last - start) // by + 1) * by if last >= start else start
    last = min((e.low for e in known if e.low is not None), default=start + 1) - headroom
    return start + ((start - last) // -by + 1) * by if last <= start else start


def no_room(sequence: Sequence, fed: Fed, headroom: int) -> str:
    """Why the sequence cannot be moved beyond the ids; "" where it can."""
    up, target = sequence.increment > 0, after_advance(sequence, fed, headroom)
    bound = sequence.maximum if up else sequence.minimum
    if target > bound if up else target < bound:
        return (
            f"no room: the next value would be {target:,}, and the sequence {sequence.name} ends "
            f"at {bound:,}; delete or renumber the highest ids, or {more_of(sequence)}"
        )
    for table, column in fed:
        end = (column.highest if up else column.lowest) if column.is_integer else bound
        if target > end if up else target < end:
            return (
                f"no room: the next value would be {target:,}, and "
                f"{table.name}.{quote(column.name)} "
                f"({column.type}) ends at {end:,}; {wider_first(column)}delete or renumber the "
                "highest ids"
            )
    return ""


def own(sequence: Sequence, table: Table, column: Column) -> Remedy:
    """OWNED BY the one column that draws from it."""
    return Remedy(
        title=f"make {table.name}.{column.name} the owner of sequence {sequence.name}",
        undo="OWNED BY NONE",
        steps=(attach_sequence(sequence.name, table.name, column.name, detach=True),),
        holds=(Hold(table.name, Lock.ACCESS_SHARE), hold_sequence(sequence)),
        expectations=(
            column_expected(table, column),
            sequence_expected(sequence, OwnedBy(table.name, column.name)),
        ),
    )


def log(sequence: Sequence) -> Remedy:
    return Remedy(
        title=f"set sequence {sequence.name} LOGGED",
        undo="set it UNLOGGED again",
        steps=(alter_sequence(sequence.name, "SET LOGGED", "SET UNLOGGED", "unlogged"),),
        holds=(hold_sequence(sequence),),
        expectations=(sequence_expected(sequence, Logged(logged=True)),),
    )


def grant_lacking(table: Table, denied: list[tuple[Sequence, tuple[str, ...]]]) -> Remedy:
    """USAGE for roles that may INSERT into the table, and lack it."""
    words = (f"{sequence.name} to {', '.join(map(role_name, roles))}" for sequence, roles in denied)
    grants = tuple(grant(sequence.name, table.name, roles) for sequence, roles in denied)
    there = unchanged(Existence(there=True))  # and who may use it: whatever that is there
    return Remedy(
        title=f"grant USAGE on {' and on '.join(words)}",
        undo="revoke it",
        steps=tuple(map(grant_usage, grants)),
        holds=tuple(hold_sequence(s) for s, _ in denied),
        expectations=tuple(Expectation(s.name, "", there) for s, _ in denied),
        grants=grants,
    )


def of_ancestor(table: Table, column: Column, live: Live) -> Sequence | None:
    """The sequence of an inheritance parent: serial gives a whole tree one."""
    above = [live.table_of[n] for n in sorted(live.ancestors(table)) if n in live.table_of]
    drawn = (drawn_from(t.column(column.name), live) for t in above if t.has(column.name))
    return next((sequence for sequence in drawn if sequence), None)


def bind(
    table: Table,
    column: Column,
    sequence: Sequence,
    live: Live,
    options: Options,
    *,
    beside: Fed = (),
) -> Remedy | Manual:
    """Draw from this sequence, which stays what it is to others.

    It lies beyond the ids of all columns that it feeds then, and of those `beside`.
    """
    if not is_portable(column.default):
        return Manual(f"not every driver can restore its default {column.default}: set it by hand")
    if table.subscribed:
        return Manual("logical replication fills the table, with the ids of the publisher")
    relations = family(table, live)
    changed = [t for t in relations if t.has(column.name) and _same(t.column(column.name), column)]
    drawing = _integers(sequence, live)
    known = {(t.name, c.name) for t, c in drawing}
    others = (*drawing, *((t, c) for t, c in beside if (t.name, c.name) not in known))
    fed = (*others, (table, column))
    target = after_advance(sequence, fed, options.headroom)
    if reason := no_room(sequence, fed, options.headroom):
        return Manual(reason)
    if reason := burnt_room(sequence, fed if others else (), target):
        return Manual(reason)
    if reason := lost_room(column, sequence if column.sequences else None, options.headroom):
        return Manual(reason)
    places = list(dict.fromkeys((t.name, c.name) for t, c in fed))
    lacking = _lacking(sequence, changed)
    granted = grant(sequence.name, table.name, lacking)
    ends = sequence.cycles and column.unique is not Unique.NO
    steps: tuple[Step, ...] = (
        *((alter_sequence(sequence.name, "NO CYCLE", "CYCLE", "cycle"),) if ends else ()),
        *((grant_usage(granted),) if lacking else ()),
        *(set_default(t.name, t.column(column.name), sequence.name) for t in changed),
        *advance(sequence, places, beyond=options.headroom),
    )
    held = {t.name for above, _ in fed for t in family(above, live)}
    after = (Cycle(cycles=False),) if ends else ()
    last = " (NO CYCLE)" if ends else ""
    return Remedy(
        title=f"draw from sequence {sequence.name}{last}, next value beyond the highest id",
        undo="restore the former default" if column.default else "drop the default",
        steps=steps,
        holds=(*(Hold(name) for name in sorted(held)), hold_sequence(sequence)),
        expectations=(
            *(
                column_expected(t, t.column(column.name), default=Default(sequence=sequence.name))
                for t in changed
            ),
            sequence_expected(sequence, *after, also=(Range, Increment)),
        ),
        makes=(advanced(sequence, fed, options.headroom),),
        grants=(granted,),
    )


def _same(one: Column, other: Column) -> bool:
    return (one.generator, one.default, one.sequences) == (
        other.generator,
        other.default,
        other.sequences,
    )


def _integers(sequence: Sequence, live: Live) -> Fed:
    return tuple((t, c) for t, c in live.fed.get(sequence.name, ()) if c.is_integer)


def _lacking(sequence: Sequence, tables: list[Table]) -> tuple[str, ...]:
    """Roles that insert into the tables, and hold no right to the sequence."""
    if PUBLIC in sequence.users:
        return ()
    roles = {w.role for t in tables for w in t.writers if w.insertable}
    return tuple(sorted((roles | {t.owner for t in tables}) - {sequence.owner, *sequence.users}))
