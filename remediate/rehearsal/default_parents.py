"""Whether the live database holds the row that a default refers to; then the scratch copy gets it.

The copy holds a few rows only: a foreign key refuses there what it would take in the live database.
"""

from collections.abc import Mapping
from enum import Enum, auto

import psycopg

from remediate.errors import DatabaseProblem
from remediate.postgres import client
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal
from remediate.rehearsal.database import Stage
from remediate.rehearsal.row_values import literals
from remediate.snapshots import defaults
from remediate.snapshots.tables import Generator, Name


class Parent(Enum):
    """What is known of the row that a default refers to."""

    THERE = auto()
    MISSING = auto()
    UNKNOWN = auto()  # the default is an expression, or the live table cannot be read


def lay(stage: Stage, table: Name, constraint: str) -> Parent:
    """The row that an INSERT refers to by the defaults of a foreign key's columns, laid if it is.

    MISSING also where none of them has a default: then the row was made up to refer to one.
    """
    found = fetch(stage.superuser, __package__, "defaults_of_reference", constraint, str(table))
    if not found or any(row[3] is None for row in found):
        return Parent.MISSING
    if any(defaults.kind(row[3], draws=False) is not Generator.CONSTANT for row in found):
        return Parent.UNKNOWN
    target = Name(found[0][0], found[0][1])
    values = ", ".join(f"({default})::text" for *_, default in found)
    row = stage.superuser.execute(f"SELECT {values}".encode()).fetchone() or ()
    keys = {column: literal(text) for (_, _, column, _), text in zip(found, row, strict=True)}
    parent = _in_live(stage.live, target, keys)
    if parent is Parent.THERE:
        _insert(stage.superuser, target, keys)
    return parent


def _in_live(libpq: dict[str, str], target: Name, keys: Mapping[str, str]) -> Parent:
    same = " AND ".join(f"{ident(column)} = {value}" for column, value in keys.items())
    query = f"SELECT EXISTS (SELECT FROM {target.sql} WHERE {same})"
    try:
        with client.reading(libpq) as live:
            live.execute("SET LOCAL statement_timeout = '5s'")
            row = live.execute(query.encode()).fetchone()
    except DatabaseProblem:
        return Parent.UNKNOWN
    return Parent.THERE if row and row[0] else Parent.MISSING


def _insert(connection: psycopg.Connection, target: Name, keys: Mapping[str, str]) -> None:
    values = {**(literals(connection, target) or {}), **keys}
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        statement = (
            f"INSERT INTO {target.sql} ({', '.join(map(ident, values))}) OVERRIDING SYSTEM VALUE "
            f"VALUES ({', '.join(values.values())})"
        )
        connection.execute(statement.encode())
