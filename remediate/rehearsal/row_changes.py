"""UPDATE and DELETE in a table that has just taken a row: what fires then, and what refuses it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import psycopg

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.snapshots.tables import Table

# By savepoints, what a transaction has added has a later number than the transaction itself.
ADDED = "xmin::text::bigint > mod(pg_current_xact_id()::text::bigint, 4294967296)"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of rows, and PostgreSQL's refusal; both "" where it goes through."""

    verb: str  # UPDATE or DELETE
    of_new: bool  # of the row that was added; else of those that were there
    sqlstate: str = ""
    refusal: str = ""  # with the function in which it was met


def tried(connection: psycopg.Connection, table: Table) -> tuple[Change, ...]:
    """What the table's owner may do with the row that this transaction added, and with others.

    No value changes. What is referred to is not deleted: a foreign key may refuse that rightly.
    The caller's transaction is to be thrown away; it ends as the superuser.
    """
    columns = [row[0] for row in fetch(connection, __package__, "assignable", str(table.name))]
    changes = _changes(table.name.sql, [ident(name) for name in columns])
    return tuple(sent(connection, table.owner, *one) for one in changes)


def _changes(table: str, columns: list[str]) -> Iterator[tuple[Change, str]]:
    if columns:
        update = f"UPDATE {table} SET {', '.join(f'{name} = {name}' for name in columns)}"
        yield Change("UPDATE", of_new=True), f"{update} WHERE {ADDED}"
        yield Change("UPDATE", of_new=False), f"{update} WHERE NOT {ADDED}"
    yield Change("DELETE", of_new=True), f"DELETE FROM {table} WHERE {ADDED}"


def sent(connection: psycopg.Connection, role: str, change: Change, statement: str) -> Change:
    """The change, with what refused the statement as this role; nothing of it stays."""
    as_role = f"SET LOCAL ROLE {ident(role)}; {statement}; SET CONSTRAINTS ALL IMMEDIATE"
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(as_role.encode())
    except psycopg.Error as error:
        met = [*str(error).splitlines()[:1], *(error.diag.context or "").splitlines()[-1:]]
        return replace(change, sqlstate=error.sqlstate or "", refusal="; ".join(met))
    return change
