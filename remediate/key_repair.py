"""The remedy for a key without a generator: CREATE SEQUENCE, OWNED BY, SET DEFAULT, setval."""

from collections.abc import Collection

from remediate.key_score import free_sequence
from remediate.remedy import Expectation, Manual, Remedy, Step
from remediate.schema import INTEGER_MAX, Column, Generator, Name, Sequence, Snapshot, Table
from remediate.sql import serial_name
from remediate.steps import (
    advance,
    attach_sequence,
    create_sequence,
    grant_usage,
    lock_sequence,
    lock_table,
    own_sequence,
    set_default,
)


def chosen_sequence(
    table: Table, column: Column, live: Snapshot, taken: Collection[str]
) -> tuple[Name, bool]:
    """The sequence that a key gets, and whether it exists: its own, a free one, or a new one.

    `taken` are the names that a new one in the table's schema cannot have.
    """
    if column.owned:
        return column.owned[0], True
    if free := free_sequence(table, column, live):
        return free, True
    return Name(table.name.schema, serial_name(table.name.name, column.name, taken)), False


def give_sequence(
    table: Table, column: Column, sequence: Name, live: Snapshot, *, headroom: int
) -> Remedy | Manual:
    """Let `column` draw from `sequence`, which is created or, where it exists, attached."""
    existing = live.sequence_of.get(sequence)
    if reason := _obstacle(table, column, existing, headroom):
        return Manual(reason)
    family = _family(table, live)
    relations = [t.name for t in family if t.column(column.name).generator is Generator.NOTHING]
    # Also a partition with a default of its own holds ids that the highest one is read from.
    acquire = tuple(lock_table(relation.name) for relation in family)
    if existing:
        acquire += (lock_sequence(sequence, table.owner),)
    return Remedy(
        title=_title(table, sequence, existing, headroom),
        undo=f"drop the default, {'keep' if existing else 'drop'} the sequence",
        steps=(
            *(_attached(existing, table, column) if existing else _new(sequence, table, column)),
            *(set_default(relation, column.name, sequence) for relation in relations),
            advance(
                sequence, table.name, column.name, beyond=headroom, existing=existing is not None
            ),
        ),
        acquire=acquire,
        expectations=tuple(
            _expectation(live.table_of[relation], column, sequence) for relation in relations
        ),
    )


def _obstacle(table: Table, column: Column, existing: Sequence | None, headroom: int) -> str:
    maximum = INTEGER_MAX[column.base_type]
    if table.subscribed:
        return (
            "the table is filled by logical replication, which brings its own ids: "
            "repair the publisher, and give this one a sequence at fail-over"
        )
    if table.extremes and _next(table, headroom) > maximum:
        return (
            f"no room: the next value would be {_next(table, headroom)}, and {column.type} ends "
            f"at {maximum}; widen the column to bigint first"
        )
    if existing and existing.owner != table.owner:
        return (
            f"the sequence {existing.name} belongs to {existing.owner}, the table to "
            f"{table.owner}: give the sequence to {table.owner}, or drop it, then plan again"
        )
    if existing and existing.increment != 1:
        return (
            f"the sequence {existing.name} counts by {existing.increment}: "
            "decide whether ids shall go on that way"
        )
    if existing and table.extremes and _next(table, headroom) > existing.maximum:
        return (
            f"no room: the next value would be {_next(table, headroom)}, and the sequence "
            f"{existing.name} ends at {existing.maximum}; raise its MAXVALUE first"
        )
    return ""


def _next(table: Table, headroom: int) -> int:
    high = table.extremes.high if table.extremes else None
    return max((high or 0) + 1 + headroom, 1)


def _family(table: Table, live: Snapshot) -> tuple[Table, ...]:
    """The table, and of a partitioned table every partition that an INSERT could name."""
    if not table.partitioned:
        return (table,)
    below = (_family(live.table_of[child], live) for child in table.children)
    return (table, *(relation for relations in below for relation in relations))


def _new(sequence: Name, table: Table, column: Column) -> tuple[Step, ...]:
    steps = [
        create_sequence(sequence, column.base_type),
        own_sequence(sequence, table.owner),
        attach_sequence(sequence, table.name, column.name, detach=False),
    ]
    if roles := sorted({w.role for w in table.writers}):
        steps.append(grant_usage(sequence, roles, revoke=False))
    return tuple(steps)


def _attached(existing: Sequence, table: Table, column: Column) -> tuple[Step, ...]:
    steps = []
    if existing.owned_by is None:
        steps.append(attach_sequence(existing.name, table.name, column.name, detach=True))
    if roles := sorted({w.role for w in table.writers} - set(existing.users)):
        steps.append(grant_usage(existing.name, roles, revoke=True))
    return tuple(steps)


def _expectation(table: Table, column: Column, sequence: Name) -> Expectation:
    state = f"{column.type}, owner {table.owner}, "
    return Expectation(
        table=table.name,
        column=column.name,
        before=state + "no default",
        after=f"{state}default from {sequence.schema}.{sequence.name}",
    )


def _title(table: Table, sequence: Name, existing: Sequence | None, headroom: int) -> str:
    verb = "attach" if existing else "create"
    start = (
        f"next value {_next(table, headroom)}"
        if table.extremes and not existing
        else "next value beyond the highest id"
    )
    return f"{verb} sequence {sequence}, {start}"
