"""An INSERT without id as each role that may insert, in a transaction that is thrown away."""

from dataclasses import dataclass
from types import MappingProxyType

import psycopg

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal import positions
from remediate.rehearsal.boundary import required_values
from remediate.rehearsal.positions import Positions
from remediate.snapshots.tables import PUBLIC, Name, Table, Writer

# What an INSERT meets where a key or its sequence is broken (PostgreSQL, appendix A).
# no value, no sequence, a value that exists, a sequence at its end, a value beyond the type
OF_KEYS = {"23502", "42P01", "23505", "2200H", "22003"}
NOBODY = "remediate_probe"  # a role with no rights but those of PUBLIC


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an INSERT without id gave: an id, or PostgreSQL's refusal."""

    writer: Writer
    id: str | None
    sqlstate: str = ""
    refusal: str = ""


def writers_of(table: Table) -> tuple[Writer, ...]:
    """The owner, and everybody else who may insert, through relations that take a plain INSERT."""
    return (Writer(table.owner, table.name), *(w for w in table.writers if w.insertable))


def insert(
    connection: psycopg.Connection,
    table: Table,
    column: str,
    writer: Writer,
    known: Positions = MappingProxyType({}),
) -> Outcome:
    """Try it as this role; sequences that are `known` stand where they stood afterwards.

    The connection must belong to a superuser, outside a transaction.
    """
    connection.execute("DISCARD SEQUENCES")  # what this session drew ahead (CACHE)
    with connection.transaction(force_rollback=True):
        connection.execute("SELECT pg_current_xact_id()")
        _clear_the_way(connection, table, column)
        outcome = _tried(connection, table, column, writer)
        drawn = positions.drawn(connection) if known else ()
    positions.restore(connection, drawn, known)
    return outcome


def _tried(connection: psycopg.Connection, table: Table, column: str, writer: Writer) -> Outcome:
    role = NOBODY if writer.role == PUBLIC else writer.role
    statement = _insert(connection, table, column, writer)
    try:
        with connection.transaction():
            connection.execute(f"SET LOCAL ROLE {ident(role)}".encode())
            connection.execute(statement.encode())
    except psycopg.Error as error:
        return Outcome(writer, None, error.sqlstate or "", str(error).splitlines()[0])
    connection.execute("RESET ROLE")
    return Outcome(writer, _generated(connection, table, column))


def _insert(connection: psycopg.Connection, table: Table, column: str, writer: Writer) -> str:
    """Only the other members of a composite key get values: all else can be left out."""
    members = set(_names(connection, "key_columns", str(table.name)))
    given = required_values(connection, table, column, defaulted=False)
    values = {name: value for name, value in given.items() if name in members}
    if not values or writer.relation != table.name:
        return f"INSERT INTO {writer.relation.sql} DEFAULT VALUES"
    names = ", ".join(ident(name) for name in values)
    return f"INSERT INTO {table.name.sql} ({names}) VALUES ({', '.join(values.values())})"


def _generated(connection: psycopg.Connection, table: Table, column: str) -> str:
    """The id of the row that this transaction added; RETURNING would need a right to SELECT.

    A savepoint has an id of its own, above that of its transaction.
    """
    query = (
        f"SELECT {ident(column)}::text FROM {table.name.sql} "
        "WHERE xmin::text::bigint > mod(pg_current_xact_id()::text::bigint, 4294967296)"
    )
    return str(connection.execute(query.encode()).fetchall()[0][0])


def _clear_the_way(connection: psycopg.Connection, table: Table, column: str) -> None:
    """Take away what else could refuse the row: other columns, checks, references, policies."""
    name, alter = str(table.name), f"ALTER TABLE {table.name.sql}"
    # NOT NULL and CHECK of a parent cannot be taken from its child.
    for schema, parent, partition in fetch(connection, __package__, "parents", name):
        above = Name(schema, parent).sql
        connection.execute(
            f"ALTER TABLE {above} DETACH PARTITION {table.name.sql}".encode()
            if partition
            else f"{alter} NO INHERIT {above}".encode()
        )
    actions = [
        *(
            f"ALTER {ident(c)} DROP NOT NULL"
            for c in _names(connection, "required_columns", name, column)
        ),
        *(f"DROP CONSTRAINT {ident(c)}" for c in _names(connection, "checks", name)),
        *(f"DISABLE RULE {ident(r)}" for r in _names(connection, "rules", name)),
        "DISABLE ROW LEVEL SECURITY",
    ]
    connection.execute(f"{alter} {', '.join(actions)}".encode())
    if any(row[0] for row in fetch(connection, __package__, "needs_partition", name)):
        rest = Name(table.name.schema, "remediate_rest").sql
        connection.execute(f"CREATE TABLE {rest} PARTITION OF {table.name.sql} DEFAULT".encode())
    connection.execute("SET LOCAL session_replication_role = replica")


def _names(connection: psycopg.Connection, query: str, *parameters: str) -> list[str]:
    return [row[0] for row in fetch(connection, __package__, query, *parameters)]
