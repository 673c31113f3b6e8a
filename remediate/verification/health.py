"""Whether each table takes a row now: a real INSERT, taken back, without plan or revisions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import psycopg

from remediate.findings.finding import Place
from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.postgres.sql import regclass
from remediate.rehearsal.column_values import holds
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Name, Table
from remediate.verification import dynamic, reference_probe, row_here, stored
from remediate.verification.cases import Row, row
from remediate.verification.live_probe import TIMEOUTS, Probe, got_key, or_gap
from remediate.verification.observations import (
    Closed,
    NoParent,
    NotEnforced,
    Observation,
    Refused,
    Seen,
)
from remediate.verification.parents import present
from remediate.verification.result import Outcome, Verified, with_probe
from remediate.verification.stored import Stored

_NUMBER = 30013  # of the made-up row: few rows that are there have such values
OUTCOMES = {True: Outcome.OK, False: Outcome.FAILED, None: Outcome.UNVERIFIED}


@dataclass(frozen=True, slots=True)
class Keys:
    """What rules find of keys that nothing fills."""

    unfilled: Mapping[Name, str]  # table to column: likely, or proven
    doubted: frozenset[Name]  # tables: the application may fill it


NOTHING_FOUND = Keys({}, frozenset())


def check(connection: Connection, table: Table, live: Live, keys: Keys) -> Verified:
    """One table, with what its foreign keys do."""
    entry = Verified("", Place(table.name), Outcome.OK, (), ())
    for one in probes(connection, table, live, keys):
        entry = with_probe(entry, OUTCOMES[one.works], one.seen)
    return entry


def probes(
    connection: Connection, table: Table, live: Live, keys: Keys = NOTHING_FOUND
) -> Iterator[Probe]:
    """An INSERT, and one with an unknown id for each foreign key, as far as they show something."""
    first = row_taken(connection, table, live, keys)
    yield first
    for fk in live.references.get(table.name, ()):
        if not fk.enforced:
            yield Probe(None, NotEnforced(fk.name))
            continue
        shown = reference_probe.probe(connection, fk, live)
        if first.works or shown.works is not None:
            yield shown


def row_taken(
    connection: Connection, table: Table, live: Live, keys: Keys = NOTHING_FOUND
) -> Probe:
    """An INSERT. The key that nothing fills, and that rules find, is left out of its row.

    References lead to rows that are there, or that are made up and taken back as well. ROW
    EXCLUSIVE is waited for 2 s at most.
    """
    shown = _row_taken(connection, table, live, keys)
    return or_gap(connection, table, shown, works=False)


def _row_taken(connection: Connection, table: Table, live: Live, keys: Keys) -> Probe:
    left_out = keys.unfilled.get(table.name, "")
    key = _key(table, left_out)
    own = table.single_key
    if key is None and own is not None and table.fill_triggers:
        shown = _tried(connection, table, own, own.name, live)
        if shown.works:  # a trigger fills it
            return shown
    shown = _tried(connection, table, key, left_out, live)
    if shown.works and key is None and table.key:  # the row had one of its own
        doubted = table.name in keys.doubted
        seen = Seen.KEY_SUPPLIED if doubted else Seen.INSERT_WORKS_WITH_KEY
        return Probe(None if doubted else True, seen)
    return shown


def _key(table: Table, left_out: str) -> Column | None:
    """The column that the database has to fill; None where it fills none."""
    if left_out and table.has(left_out):
        return table.column(left_out)  # also of a table that inherits, and has no key of its own
    columns = (table.column(name) for name in table.key if table.has(name))
    return next((c for c in columns if c.generator is not Generator.NOTHING), None)


def _tried(
    connection: Connection, table: Table, key: Column | None, left_out: str, live: Live
) -> Probe:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(TIMEOUTS)
            values = row_here.values(connection, table.name, live, left_out, _NUMBER)
            if values is None:
                values = row_here.bare(connection, table.name, live, left_out)
            made = row(table.name, values, live)
            first = _refers_to_itself_alone(connection, made)
            if parent := present(connection, made, live):
                read = holds(connection, f"NOT EXISTS (SELECT FROM {parent.sql})")
                return Probe(None, NoParent(parent, read))
            became = stored.insert(connection, table.name, made.statement)
            if became is not Stored.HERE:
                works = False if became is Stored.NOWHERE else None
                return Probe(works, stored.turned_away(connection, table.name, became))
    except psycopg.Error as error:
        return _refused(connection, error, table, key)
    return Probe(works=True, seen=Seen.INSERT_WORKS_BELOW_FIRST if first else Seen.INSERT_WORKS)


def _refers_to_itself_alone(connection: Connection, made: Row) -> bool:
    """Whether the row needs another one of its table, which has none."""
    empty = f"NOT EXISTS (SELECT FROM {made.table.sql})"
    return made.table in made.parents and holds(connection, empty)


def _refused(
    connection: Connection, error: psycopg.Error, table: Table, key: Column | None
) -> Probe:
    """What a refusal shows: that it fails, or nothing; a row that is not stored shows no more."""
    message, state = str(error).splitlines()[0], str(error.sqlstate)
    if closed := _closed(connection, error, table):
        return Probe(None, closed)
    if _fails_always(connection, error, table):
        return Probe(works=False, seen=Refused(had_id=False, message=message, sqlstate=state))
    had_id = _got_key(connection, error, table, key)
    return Probe(None if had_id else had_id, Refused(had_id, message, state))


def _fails_always(connection: Connection, error: psycopg.Error, table: Table) -> bool:
    """Whether the refusal is not for the made-up values.

    No partition takes the row, though its place is not made up; or what the table's own code names
    is not there, or not for this role. A name that comes from the row says nothing.
    """
    state, in_code = error.sqlstate or "", bool(error.diag.context)
    if state == "23514" and table.partitioned and not error.diag.constraint_name:
        return not table.children or row_here.placed_by_default(connection, table.name)
    if state.startswith("42") and dynamic.is_made_up(connection, error):
        return False
    if state == "42501":
        return in_code and _may_insert(connection, table)
    return state == "42P01" or (state.startswith("42") and in_code)


def _may_insert(connection: Connection, table: Table) -> bool:
    return holds(connection, f"has_any_column_privilege({regclass(*table.name)}, 'INSERT')")


def _closed(connection: Connection, error: psycopg.Error, table: Table) -> Observation | None:
    """The CHECK that is false for every row."""
    name = error.diag.constraint_name
    if error.sqlstate != "23514" or not name:
        return None
    found = fetch(connection, __package__, "closing_check", str(table.name), name)
    if not found or not holds(connection, f"({found[0][0]}) IS FALSE"):
        return None
    return Closed(name, children=bool(found[0][1]))


def _got_key(
    connection: Connection, error: psycopg.Error, table: Table, key: Column | None
) -> bool | None:
    """None where the database fills no key, and where the role may not INSERT here at all."""
    if key is None or (error.sqlstate == "42501" and not _may_insert(connection, table)):
        return None
    return got_key(connection, error, table, key)
