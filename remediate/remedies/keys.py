"""The remedy for a key without a generator: CREATE SEQUENCE, OWNED BY, SET DEFAULT, setval."""

from collections.abc import Iterable
from dataclasses import replace

from remediate.analysis.capacity import NEAR
from remediate.findings.finding import Options
from remediate.findings.remedy import Expectation, Hazard, Hold, Lock, Manual, Remedy, Step
from remediate.findings.states import Cycle, Default, Increment, OwnedBy, Range
from remediate.postgres.sql import is_portable
from remediate.remedies.alterations import of_owned, of_part, of_sequence, of_usage
from remediate.remedies.grants import grant, grant_usage
from remediate.remedies.numbers import no_bigints
from remediate.remedies.partitions import diverges
from remediate.remedies.room import lost_room, more_of
from remediate.remedies.sequences import advanced
from remediate.remedies.states import (
    column_expected,
    default_of,
    hold_sequence,
    sequence_expected,
    sequence_made,
)
from remediate.remedies.steps import (
    advance,
    advance_new,
    alter_sequence,
    altering,
    attach_sequence,
    create_sequence,
    own_sequence,
    set_default,
)
from remediate.snapshots.live import Live, drawn_from, family
from remediate.snapshots.tables import INTEGER_MAX, Column, Generator, Name, Sequence, Table


def give_sequence(
    table: Table, column: Column, sequence: Name, live: Live, options: Options
) -> Remedy | Manual:
    """Let `column` draw from `sequence`, which is created or, where it exists, attached."""
    existing = live.sequence_of.get(sequence)
    if reason := parents_repair(table, column, live) or no_bigints(table.name, column.name, live):
        return Manual(reason)
    if reason := _obstacle(table, column, existing, options.headroom):
        return Manual(reason)
    if reason := lost_room(column, drawn_from(column, live), options.headroom):
        return Manual(reason)
    relations = family(table, live)
    changed = [
        t for t in relations if _same_default(t, column) or diverges(t, table, column, sequence)
    ]
    roles = inserting(table, changed)
    lacking = roles - set(existing.users if existing else ())
    granted = grant(sequence, table.name, lacking, new=not existing)
    lay = _attached(existing, table, column) if existing else _new(sequence, table, column)
    last = (
        advance(existing, [(table.name, column.name)], beyond=options.headroom)
        if existing
        else (advance_new(sequence, table.name, column.name, beyond=options.headroom),)
    )
    defaults = (set_default(t.name, t.column(column.name), sequence) for t in changed)
    return Remedy(
        title=_title(column, sequence, existing, options.headroom),
        undo=_undo(column, existing),
        steps=(*lay, *((grant_usage(granted),) if lacking else ()), *defaults, *last),
        # Also a partition with a default of its own holds ids that the highest one is read from.
        holds=tuple(Hold(t.name) for t in relations)
        + ((hold_sequence(existing),) if existing else ()),
        expectations=(
            *(
                column_expected(t, t.column(column.name), default=Default(sequence=sequence))
                for t in changed
            ),
            _attached_state(existing, table, column) if existing else sequence_made(sequence),
        ),
        makes=(
            advanced(existing, ((table, column),), options.headroom)
            if existing
            else new_sequence(sequence, table, column, roles, options.headroom),
        ),
        grants=(granted,),
    )


def new_sequence(
    name: Name, table: Table, column: Column, users: Iterable[str], headroom: int
) -> Sequence:
    """One that CREATE SEQUENCE makes for a column, moved beyond its ids."""
    return Sequence(
        name=name, type=column.counted_as, owner=table.owner, increment=1,
        maximum=INTEGER_MAX[column.counted_as], last_value=next_id(column, headroom),
        is_called=False, owned_by=(table.name, column.name), users=tuple(sorted(users)),
    )  # fmt: skip


def _same_default(table: Table, column: Column) -> bool:
    return table.has(column.name) and default_of(table.column(column.name)) == default_of(column)


def _obstacle(table: Table, column: Column, existing: Sequence | None, headroom: int) -> str:
    if not is_portable(column.default):
        return f"not every driver can restore its default {column.default}: drop it first"
    if reason := full(table, column, headroom):
        return reason
    return _unfit(existing, table, next_id(column, headroom)) if existing else ""


def full(table: Table, column: Column, headroom: int) -> str:
    """Why no generator at all fits the key; "" where one does."""
    maximum, following = column.highest, next_id(column, headroom)
    if table.subscribed:
        return (
            "logical replication fills the table, with the ids of the publisher: repair the "
            "publisher, and create a sequence here at fail-over"
        )
    if following > INTEGER_MAX["bigint"]:
        return (
            f"no room: its highest id is {following - 1 - headroom:,}, and no sequence exceeds "
            f"{maximum:,}; decide about the rows with such high ids"
        )
    if following > maximum:
        return (
            f"no room: the next value would be {following:,}, and {column.type} ends "
            f"at {maximum:,}; widen the column to bigint first"
        )
    return ""


def _unfit(existing: Sequence, table: Table, following: int) -> str:
    """Why an existing sequence cannot be attached as it is."""
    if existing.owner != table.owner:
        return (
            f"{existing.owner} owns the sequence {existing.name}, and {table.owner} the table: "
            f"ALTER SEQUENCE ... OWNER TO {table.owner}, or drop it, then plan again"
        )
    if existing.increment != 1:
        return (
            f"the sequence {existing.name} counts by {existing.increment:,}: "
            "decide whether new ids should do so too"
        )
    following = max(following, existing.next or following)
    if following > existing.maximum:
        return (
            f"no room: the next value would be {following:,}, and the sequence "
            f"{existing.name} ends at {existing.maximum:,}; {more_of(existing)}"
        )
    first, left = max(existing.minimum, 1), existing.maximum - following + 1
    if not existing.ends_with_its_type and following - first >= NEAR * (existing.maximum - first):
        return (
            f"someone set the end of the sequence {existing.name} to {existing.maximum:,}, "
            f"and {left:,} ids would be left: raise its MAXVALUE, then plan again"
        )
    return ""


def next_id(column: Column, headroom: int = 0) -> int:
    """The first id of a new sequence; 1 where the ids were not read."""
    high = column.extremes.high if column.extremes else None
    return max((high or 0) + 1 + headroom, 1)


def inserting(table: Table, family: Iterable[Table] = ()) -> set[str]:
    """The roles besides its owner that must be able to use the sequence of a default."""
    tables = (table, *family)
    roles = {w.role for t in tables for w in t.writers if w.insertable}
    return (roles | {t.owner for t in tables}) - {table.owner}


def _new(sequence: Name, table: Table, column: Column) -> tuple[Step, ...]:
    return (
        create_sequence(sequence, column.counted_as),
        own_sequence(sequence, table),
        attach_sequence(sequence, table.name, column.name, detach=False),
    )


def _attached(existing: Sequence, table: Table, column: Column) -> tuple[Step, ...]:
    steps = []
    if existing.cycles:
        # Under a unique key it would start over among the ids that it gave.
        steps.append(alter_sequence(existing.name, "NO CYCLE", "CYCLE", "cycle"))
    if (former := existing.owned_by) != (place := (table.name, column.name)):
        steps.append(attach_sequence(existing.name, *place, detach=True, former=former))
    return tuple(steps)


def _attached_state(existing: Sequence, table: Table, column: Column) -> Expectation:
    after = (OwnedBy(table.name, column.name), Cycle(cycles=False))
    return sequence_expected(existing, *after, also=(Range, Increment))


def parents_repair(table: Table, column: Column, live: Live) -> str:
    """Where an inheritance parent has the same default: its repair gives both one sequence."""
    for name in sorted(live.ancestors(table)):
        parent = live.table_of.get(name)
        if parent is not None and _same_default(parent, column) and column.name in parent.key:
            return (
                f"the repair of {name} includes it: children draw from the sequence of their parent"
            )
    return ""


def _title(column: Column, sequence: Name, existing: Sequence | None, headroom: int) -> str:
    verb = "attach" if existing else "create"
    start = (
        f"next value {next_id(column, headroom)}"
        if column.extremes and not existing
        else "next value beyond the highest id"
    )
    last = " (NO CYCLE)" if existing and existing.cycles else ""
    return f"{verb} sequence {sequence}{last}, {start}"


def _undo(column: Column, existing: Sequence | None) -> str:
    default = "drop the default"
    if column.generator is not Generator.NOTHING or column.default:
        default = "restore the former default"
    return f"{default}, {'keep' if existing else 'drop'} the sequence"


def give_identity(table: Table, column: Column, live: Live, options: Options) -> Remedy | Manual:
    """Make the column an identity, beginning beyond its highest id.

    Its sequence belongs to the table by construction and asks for no grants; the model must say
    `Identity()`, or `alembic check` reports a difference for ever (Alembic 1.18).
    """
    if (
        reason := _obstacle_to_identity(table, column)
        or _children(table)
        or full(table, column, options.headroom)
    ):
        return Manual(reason)
    sequence = live.new_sequence_names[table.name, column.name]  # of one that owns none
    alter = altering(table.name, column.name)
    add = Step(
        up=f"{alter}\n  ADD GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME {sequence.sql})",
        down=f"{alter} DROP IDENTITY",
        lock=Lock.ACCESS_EXCLUSIVE,
        relation=table.name,
        hazards=(Hazard.EXPLICIT_IDS, Hazard.MODEL_IDENTITY),
        alters=(
            *of_part(table.name, "column", column.name, "identity", "not"),
            *of_sequence(sequence, column.base_type, logged=table.logged),
            *of_owned(sequence, table.name, column.name),
            *of_usage(sequence),
        ),
    )
    return Remedy(
        title=f"make it an identity column, next value {next_id(column, options.headroom)}",
        undo="drop the identity and its sequence",
        steps=(add, advance_new(sequence, table.name, column.name, beyond=options.headroom)),
        holds=(Hold(table.name),),
        expectations=(
            column_expected(table, column, default=Default(identity=True)),
            sequence_made(sequence),
        ),
        makes=(
            replace(
                new_sequence(sequence, table, column, (), options.headroom),
                identity=True,
                logged=table.logged or not follows_table(live.database.version),
            ),
        ),
    )


def follows_table(version: int) -> bool:
    """Whether the sequence of an identity that a table gets later is unlogged where the table is.

    That of CREATE TABLE is so from 15 on, that of ALTER TABLE since 15.7, 16.3 and 17 (their
    release notes: "the same persistence as their owning tables").
    """
    return 150007 <= version < 160000 or version >= 160003


def _children(table: Table) -> str:
    if not table.children or table.partitioned:
        return ""
    return "its inheritance children would not inherit an identity: repair without --identity"


def _obstacle_to_identity(table: Table, column: Column) -> str:
    if column.owned:
        return (
            f"the column still owns the sequence {column.owned[0]}, and "
            "pg_get_serial_sequence() would still return it: drop it, or repair without --identity"
        )
    if table.partitioned or table.partition_of:
        return (
            "identity columns of partitioned tables differ between PostgreSQL versions: "
            "repair without --identity"
        )
    if column.default:
        return f"the column has a default ({column.default}): drop it, or repair without --identity"
    if column.type not in INTEGER_MAX:
        kind = "numeric" if column.base_type == "numeric" else "of a domain"
        return f"an identity column cannot be {kind} ({column.type}): repair without --identity"
    return ""
