"""INSERTs without id into the tables that a revision touches, before and after it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import psycopg

from remediate.postgres import client
from remediate.rehearsal import positions, probe
from remediate.rehearsal.positions import Positions
from remediate.rehearsal.result import Defect, Inserted
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Name, Table, Writer


@dataclass(frozen=True, slots=True)
class Insert:
    """One INSERT without id, tried before and after an upgrade."""

    table: Name
    relation: Name  # through which: the table, or a view over it
    role: str
    before: str | None  # SQLSTATE; "" where it worked, None where it is not known
    after: str
    message: str = ""  # PostgreSQL's, after
    id: str = ""  # that it got after the upgrade
    behind: bool = False  # that id lies among those that exist, and did not come so before
    lacks: bool = False  # the role may not use the sequence
    concerned: bool = True  # the revision changes who generates the key

    @property
    def works(self) -> bool:
        return not self.after


def of_inserts(inserts: Iterable[Insert], file: str) -> Iterator[Defect]:
    for insert in inserts:
        defect = _of(insert, file)
        if defect is not None:
            yield defect


def _of(insert: Insert, file: str) -> Defect | None:
    broke = insert.before == "" and not insert.works
    still = insert.before != "" and not insert.works and insert.after in probe.OF_KEYS | {"42501"}
    if insert.after == "42501" and insert.lacks and (broke or insert.concerned):
        what = f"{insert.role} may INSERT into {insert.relation}, and may not use the sequence"
        instead = f"GRANT USAGE ON SEQUENCE ... TO {insert.role}"
        return _defect("ROLE_CANNOT_INSERT", what, insert, instead, file)
    if insert.behind or (insert.after == "23505" and (broke or insert.concerned)):
        what = f"the sequence behind {insert.table} gives ids that exist already"
        instead = "setval to beyond the highest id, under a lock that holds until the commit"
        return _defect("SEQUENCE_BEHIND", what, insert, instead, file)
    if broke:
        what = f"INSERT without id into {insert.relation} worked before, and fails after it"
        return _defect("INSERT_BREAKS", what, insert, "keep what generates the key", file)
    if still and insert.concerned:
        what = f"INSERT without id into {insert.relation} fails after it as before"
        instead = "CREATE SEQUENCE, OWNED BY, setval, SET DEFAULT nextval; or remediate generate"
        return _defect("INSERT_STILL_FAILS", what, insert, instead, file)
    return None


def _defect(name: str, what: str, insert: Insert, instead: str, file: str) -> Defect:
    evidence = (
        f"as {insert.role}: {insert.message} ({insert.after})"
        if insert.after
        else f"as {insert.role}: the new row got {insert.id}"
    )
    return Defect(name, what, evidence, instead, file)


def count(inserts: Sequence[Insert]) -> Inserted:
    """What was tried, in numbers."""
    works = [insert for insert in inserts if insert.works]
    return Inserted(
        tried=len(inserts),
        working=len(works),
        fixed=sum(bool(insert.before) for insert in works),
        tables=len({insert.table for insert in inserts}),
    )


MOST = 300  # tables of a database that are all tried, whatever the revision names
Outcomes = Mapping[tuple[Name, Name, str], probe.Outcome]  # by table, relation, role


def named_tables(live: Live, text: str) -> tuple[Table, ...]:
    """The tables to try before a revision: those that its text names, or all of a few."""
    if len(live.tables) <= MOST:
        return live.tables
    words = set(re.findall(r"\w+", text))
    return tuple(t for t in live.tables if t.name.name in words)


def try_all(superuser: client.Connection, tables: Sequence[Table]) -> Outcomes:
    """What INSERTs without id give, as each role that may insert."""
    found = {}
    known = positions.read(superuser)
    for table in tables:
        column = key_of(table)
        if column is None or table.partition_of is not None:
            continue
        for writer in probe.writers_of(table):
            outcome = _try(superuser, table, column, writer, known)
            if outcome is not None:
                found[table.name, writer.relation, writer.role] = outcome
    return found


def key_of(table: Table) -> Column | None:
    """The column whose value an INSERT leaves out."""
    key = table.single_key
    return key if key is not None and (key.is_integer or key.base_type == "uuid") else None


def _try(
    superuser: client.Connection, table: Table, column: Column, writer: Writer, known: Positions
) -> probe.Outcome | None:
    try:
        return probe.insert(superuser, table, column.name, writer, known)
    except psycopg.Error:  # the way could not be cleared: nothing is known of this one
        return None


def touched_tables(before: Live, after: Live, locked: set[Name]) -> tuple[Table, ...]:
    """Tables, as they are after it, that are new, locked or generated otherwise than before."""
    return tuple(
        table for table in after.tables if table.name in locked or changes_key(table, before, after)
    )


def changes_key(table: Table, before: Live, after: Live) -> bool:
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


def compare(
    tables: Sequence[Table], before: Outcomes, after: Outcomes, states: tuple[Live, Live]
) -> Iterator[Insert]:
    """What was tried on both sides, of these tables."""
    known, now = states
    for table in tables:
        changed = changes_key(table, known, now)
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
    """Whether the application gives the key: it has no generator and owns no sequence."""
    key = key_of(table)
    return key is None or (key.generator is Generator.NOTHING and not key.owned)


def _is_behind(outcome: probe.Outcome, table: Table) -> bool:
    key = key_of(table)
    extremes = key.extremes if key else None
    if not (outcome.id or "").lstrip("-").isdigit() or extremes is None:
        return False
    low, high = extremes.low, extremes.high
    return low is not None and high is not None and low <= int(outcome.id or 0) <= high
