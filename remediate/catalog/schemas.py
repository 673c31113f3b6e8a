"""The names of what a database has: its schemas, and the columns of its relations."""

from remediate.catalog.session import read_only, rows
from remediate.postgres import client
from remediate.postgres.direct import Connection
from remediate.postgres.queries import query
from remediate.snapshots.tables import Name


def read(connection: Connection) -> tuple[str, ...]:
    """All of them, with tables or without; those of PostgreSQL itself are left out."""
    with read_only(connection):
        return tuple(row["name"] for row in rows(connection, "schemas"))


def existing(connection: client.Connection) -> tuple[str, ...]:
    """The same by a connection of its own, after a database was read."""
    return tuple(str(name) for (name,) in connection.execute(query(__package__, "schemas")))


def columns(connection: Connection) -> frozenset[tuple[Name, str]]:
    """Every column of tables, views and foreign tables in these schemas."""
    with read_only(connection):
        found = rows(connection, "named_columns")
    return frozenset((Name(r["schema"], r["name"]), r["column"]) for r in found)
