"""UPDATE and DELETE in a table that has just taken a row: what fires then, and what refuses it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import psycopg

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.snapshots.tables import Name, Table

# By savepoints, what a transaction has added has a later number than the transaction itself.
ADDED = "xmin::text::bigint > mod(pg_current_xact_id()::text::bigint, 4294967296)"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of rows, and PostgreSQL's refusal; both "" where it goes through."""

    verb: str  # UPDATE or DELETE
    of_new: bool  # of the row that was added; else of those that were there
    sqlstate: str = ""
    refusal: str = ""  # with the function in which it was met


@dataclass(frozen=True, slots=True)
class Statement:
    """A change, and how it is sent."""

    change: Change
    role: str
    sql: str

    @property
    def parts(self) -> tuple[str, ...]:
        """In a transaction that goes on as another role."""
        role = f"SET LOCAL ROLE {ident(self.role)}"
        return role, self.sql, "SET CONSTRAINTS ALL IMMEDIATE"


def assignable(connection: psycopg.Connection, tables: Iterable[Name]) -> Mapping[Name, list[str]]:
    """The columns of each table that UPDATE may set."""
    by_name = {str(table): table for table in tables}
    found: dict[Name, list[str]] = {table: [] for table in by_name.values()}
    for name, column in fetch(connection, __package__, "assignable", [*by_name]):
        found[by_name[name]].append(column)
    return found


def changes(table: Table, columns: Iterable[str]) -> tuple[Statement, ...]:
    """What the table's owner may do with the row that a transaction has added, and with others.

    No value changes. What is referred to is not deleted: a foreign key may refuse that rightly.
    `columns`: that UPDATE may set.
    """
    made = _changes(table.name.sql, [ident(name) for name in columns])
    return tuple(Statement(change, table.owner, sql) for change, sql in made)


def _changes(table: str, columns: list[str]) -> Iterator[tuple[Change, str]]:
    if columns:
        update = f"UPDATE {table} SET {', '.join(f'{name} = {name}' for name in columns)}"
        yield Change("UPDATE", of_new=True), f"{update} WHERE {ADDED}"
        yield Change("UPDATE", of_new=False), f"{update} WHERE NOT {ADDED}"
    yield Change("DELETE", of_new=True), f"DELETE FROM {table} WHERE {ADDED}"


def together(statements: Iterable[Statement]) -> Iterator[str]:
    """All of them for one message; nothing of them stays where none is refused."""
    for one in statements:
        yield "SAVEPOINT remediate_change"
        yield from one.parts
        yield "ROLLBACK TO SAVEPOINT remediate_change"
        yield "RELEASE SAVEPOINT remediate_change"


def sent(connection: psycopg.Connection, statement: Statement) -> Change:
    """The change, with what refused it as this role; nothing of it stays."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("; ".join(statement.parts).encode())
    except psycopg.Error as error:
        met = [*str(error).splitlines()[:1], *(error.diag.context or "").splitlines()[-1:]]
        refusal = "; ".join(met)
        return replace(statement.change, sqlstate=error.sqlstate or "", refusal=refusal)
    return statement.change
