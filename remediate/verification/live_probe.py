"""A real INSERT on the live database, taken back; only when somebody asks for it."""

from dataclasses import dataclass

import psycopg

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal.key_checks import is_of_key
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Name, Table
from remediate.verification import dynamic, row_here, stored
from remediate.verification.observations import NoRemainder, Observation, Refused, Seen
from remediate.verification.stored import Stored

COST = (
    "A probe uses one value of the sequence (one more for each foreign key) and fires the "
    "table's triggers. remediate takes the row back, but not what a trigger does outside "
    "of the transaction."
)
TIMEOUTS = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '10s'"


@dataclass(frozen=True, slots=True)
class Probe:
    """What an INSERT without the key showed; `works` is None where it showed nothing."""

    works: bool | None
    seen: Observation


def probe(connection: Connection, table: Table, column: Column, live: Live) -> Probe:
    """INSERT a row with made-up values, without the key, and take it back.

    ROW EXCLUSIVE on the table is waited for 2 s at most, and held for a moment.
    """
    shown = _tried(connection, table, column, live)
    return or_gap(connection, table, shown, works=None)


def or_gap(connection: Connection, table: Table, shown: Probe, *, works: bool | None) -> Probe:
    """What a probe showed; `works` where the hash of its row decided about that."""
    if shown.works is False or not table.partitioned:
        return shown
    found = fetch(connection, __package__, "hash_gaps", str(table.name))
    return Probe(works, NoRemainder(Name(*found[0]))) if found else shown


def _tried(connection: Connection, table: Table, column: Column, live: Live) -> Probe:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(TIMEOUTS)
            values = row_here.bare(connection, table.name, live, column.name)
            became = stored.insert(connection, table.name, _insert(table, values))
            if became is not Stored.HERE:
                return Probe(None, stored.turned_away(connection, table.name, became))
    except psycopg.Error as error:
        works = got_key(connection, error, table, column)
        message = str(error).splitlines()[0]
        return Probe(works, Refused(works, message, str(error.sqlstate)))
    return Probe(works=True, seen=Seen.INSERT_WORKS)


def _insert(table: Table, values: dict[str, str]) -> str:
    if not values:
        return f"INSERT INTO {table.name.sql} DEFAULT VALUES"
    names = ", ".join(ident(name) for name in values)
    return f"INSERT INTO {table.name.sql} ({names}) VALUES ({', '.join(values.values())})"


def got_key(
    connection: Connection, error: psycopg.Error, table: Table, column: Column
) -> bool | None:
    """Whether the row had been given a key when it was refused.

    PostgreSQL computes defaults, runs BEFORE triggers and finds the partition, then checks NOT
    NULL, then CHECK and the partition's bounds, then unique indexes, then foreign keys.
    """
    state, constraint = error.sqlstate or "", error.diag.constraint_name
    if state == "23502":
        return False if error.diag.column_name == column.name else None
    if state == "23505":
        return not _ask(connection, "is_of_key", constraint, str(table.name), column.name)
    if state == "42501":
        usable = _ask(connection, "usable_sequences", [str(name) for name in column.sequences])
        return False if usable is False else None
    if state in ("42P01", "2200H", "22003"):
        return None if dynamic.is_made_up(connection, error) else False
    if state == "23514" and constraint:
        return not is_of_key(connection, table.name, column.name, constraint)
    checked = state == "23514" and not table.partitioned
    return True if state == "23503" or checked else None


def _ask(connection: Connection, query: str, *parameters: object) -> object:
    return fetch(connection, __package__, query, *parameters)[0][0]
