"""INSERTs into every table of a schema, as every role; each is taken back."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

from tests.random import names
from tests.random.names import literal, quoted
from tests.random.schema import Schema, Table
from tests.support import helpers

TIMES = 2  # a sequence that is behind may give a free id first


@dataclass(frozen=True, slots=True)
class Attempt:
    """A statement, and who runs it."""

    table: str  # its label
    into: str  # "required", "all" or "view": which columns, or by which way
    role: str
    sql: str


@dataclass(frozen=True, slots=True)
class Result:
    """How many of the rows were inserted, and the error that followed."""

    rows: int
    error: str = ""


def attempts(schema: Schema) -> tuple[Attempt, ...]:
    """Every way in which a row may come into a table."""
    return tuple(
        Attempt(table.label, into, role, sql)
        for table in schema.tables
        for into, sql in _statements(table, schema)
        for role in dict.fromkeys(("postgres", table.owner, *names.WRITERS))
    )


def required(table: Table, schema: Schema) -> Attempt:
    """The superuser's INSERT of what the table demands."""
    into, sql = next(_statements(table, schema))
    return Attempt(table.label, into, "postgres", sql)


def _statements(table: Table, schema: Schema) -> Iterator[tuple[str, str]]:
    known = {
        r.column: schema.table(r.parent).ids[-1]
        for r in table.references
        if schema.table(r.parent).ids
    }
    required = {r.column: known[r.column] for r in table.references if r.required and known}
    yield "required", _insert(table.sql, required)
    if known != required:
        yield "all", _insert(table.sql, known)
    if table.has("view"):
        yield "view", _insert(table.beside("view"), required)


def _insert(into: str, values: dict[str, str]) -> str:
    if not values:
        return f"INSERT INTO {into} DEFAULT VALUES"
    columns, given = ", ".join(map(quoted, values)), ", ".join(map(literal, values.values()))
    return f"INSERT INTO {into} ({columns}) VALUES ({given})"


def tried(schema: Schema, url: sa.URL) -> dict[Attempt, Result]:
    """What became of each; rows and sequences are as they were afterwards."""
    with helpers.connected(url) as connection:
        positions = _positions(connection)
        results = {}
        for attempt in attempts(schema):
            results[attempt] = _result(attempt, connection)
            for statement in positions:
                connection.execute(statement.encode())
    return results


def _result(attempt: Attempt, connection: psycopg.Connection) -> Result:
    rows = 0
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"SET LOCAL ROLE {quoted(attempt.role)}".encode())
            for _ in range(TIMES):
                connection.execute(attempt.sql.encode())
                rows += 1
    except psycopg.Error as error:
        return Result(rows, f"{error.sqlstate} {error.diag.message_primary}")
    return Result(rows)


def _positions(connection: psycopg.Connection) -> list[str]:
    """The statements that put every sequence where it is now."""
    found = connection.execute(
        "SELECT oid::regclass::text, oid::bigint FROM pg_class WHERE relkind = 'S'"
    ).fetchall()
    made = []
    for name, oid in found:
        row = connection.execute(f"SELECT last_value, is_called FROM {name}".encode()).fetchone()
        assert row is not None
        made.append(f"SELECT setval({oid}::oid::regclass, {row[0]}, {row[1]})")
    return made


def draw(schema: Schema, session: psycopg.Connection) -> None:
    """Draw an id from each sequence that gives a session several at once, which keeps the others."""
    for table in schema.tables:
        if table.key.cache > 1:
            with suppress(psycopg.Error):  # one that is at its end
                session.execute(f"SELECT nextval({literal(table.sequence)})".encode())


def of_session(table: Table, schema: Schema, session: psycopg.Connection) -> Result:
    """What becomes of rows of this session, which may still hold ids; they are taken back."""
    positions = _positions(session)
    result = _result(required(table, schema), session)
    for statement in positions:
        session.execute(statement.encode())
    return result


def inserted(schema: Schema, url: sa.URL) -> None:
    """Leave rows of the superuser in every table that takes them."""
    with helpers.connected(url) as connection:
        for attempt in attempts(schema):
            if attempt.role == "postgres":
                try:
                    connection.execute(attempt.sql.encode())
                except psycopg.Error:
                    continue


def allowed(table: Table, role: str, url: sa.URL) -> bool:
    """Whether the role may INSERT into the table, and reach it."""
    with helpers.connected(url) as connection:
        row = connection.execute(
            "SELECT has_table_privilege(%s, %s, 'INSERT') AND has_schema_privilege(%s, %s, 'USAGE')",
            [role, table.sql, role, table.name.schema],
        ).fetchone()
    return bool(row and row[0])
