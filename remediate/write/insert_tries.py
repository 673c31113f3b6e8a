"""INSERTs without id into the tables that a revision touches, before and after it."""

import re
from collections.abc import Iterator, Mapping, Sequence

import psycopg

from remediate.insert_defects import Insert
from remediate.schema import Column, Generator, Name, Table, Writer
from remediate.snapshot import Snapshot
from remediate.write import client, probe

MOST = 300  # tables of a database that are all tried, whatever the revision names
Outcomes = Mapping[tuple[Name, Name, str], probe.Outcome]  # by table, relation, role


def named(live: Snapshot, text: str) -> tuple[Table, ...]:
    """The tables to try before a revision: those that its text names, or all of a few."""
    if len(live.tables) <= MOST:
        return live.tables
    words = set(re.findall(r"\w+", text))
    return tuple(t for t in live.tables if t.name.name in words)


def outcomes(superuser: client.Connection, tables: Sequence[Table]) -> Outcomes:
    """What INSERTs without id give, as each role that may insert."""
    found = {}
    for table in tables:
        column = key_of(table)
        if column is None or table.partition_of is not None:
            continue
        for writer in probe.writers_of(table):
            outcome = _tried(superuser, table, column, writer)
            if outcome is not None:
                found[table.name, writer.relation, writer.role] = outcome
    return found


def key_of(table: Table) -> Column | None:
    """The column whose value an INSERT leaves out."""
    key = table.single_key
    return key if key is not None and (key.is_integer or key.base_type == "uuid") else None


def _tried(
    superuser: client.Connection, table: Table, column: Column, writer: Writer
) -> probe.Outcome | None:
    try:
        return probe.insert(superuser, table, column.name, writer)
    except psycopg.Error:  # the way could not be cleared: nothing is known of this one
        return None


def touched(before: Snapshot, after: Snapshot, locked: set[Name]) -> tuple[Table, ...]:
    """Tables, as they are after it, that are new, locked or generated otherwise than before."""
    return tuple(
        table for table in after.tables if table.name in locked or concerned(table, before, after)
    )


def concerned(table: Table, before: Snapshot, after: Snapshot) -> bool:
    """Whether a revision changed who generates the key, or who may."""
    key, old = key_of(table), before.table_of.get(table.name)
    if old is None or key is None or not old.has(key.name):
        return True
    known = old.column(key.name)
    if _facts(key) != _facts(known) or {*table.writers} != {*old.writers}:
        return True
    drawn = {*key.sequences, *key.owned}
    stem = f"{table.name.name}_{key.name}_"
    drawn |= {name for name in after.sequence_of if name.name.startswith(stem)}
    return any(before.sequence_of.get(n) != after.sequence_of.get(n) for n in drawn)


def _facts(column: Column) -> tuple[object, ...]:
    return column.type, column.generator, column.default, column.sequences, column.owned


def compared(
    tables: Sequence[Table], before: Outcomes, after: Outcomes, states: tuple[Snapshot, Snapshot]
) -> Iterator[Insert]:
    """What was tried on both sides, of these tables."""
    known, now = states
    for table in tables:
        changed = concerned(table, known, now)
        fresh_table = table.name not in known.table_of
        for (name, relation, role), outcome in after.items():
            if name != table.name:
                continue
            earlier = before.get((name, relation, role))
            lacks = any(w.lacks for w in table.writers if w.role == role)
            worked = earlier is not None and earlier.id is not None
            yield Insert(
                table=name,
                relation=relation,
                role=role,
                before=earlier.sqlstate if earlier else None,
                after=outcome.sqlstate,
                message=outcome.refusal,
                id=outcome.id or "",
                behind=changed and not worked and _is_behind(outcome, table),
                lacks=lacks,
                concerned=changed and not (fresh_table and _by_application(table)),
            )


def _by_application(table: Table) -> bool:
    """Whether nothing says that the database is to generate the key."""
    key = key_of(table)
    return key is None or (key.generator is Generator.NOTHING and not key.owned)


def _is_behind(outcome: probe.Outcome, table: Table) -> bool:
    key = key_of(table)
    extremes = key.extremes if key else None
    if not (outcome.id or "").lstrip("-").isdigit() or extremes is None:
        return False
    low, high = extremes.low, extremes.high
    return low is not None and high is not None and low <= int(outcome.id or 0) <= high
