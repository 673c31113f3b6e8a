"""Rows of the scratch copy that a new primary key would refuse, though the live table has none."""

from collections.abc import Iterable

from remediate.postgres.client import Connection
from remediate.postgres.sql import ident
from remediate.snapshots.tables import Name

Key = tuple[Name, tuple[str, ...]]


def make_room(connection: Connection, keys: Iterable[Key]) -> None:
    """Take away made-up rows that are NULL there, or have what another one has.

    Nothing refused them when they were laid, each for a repair of its own.
    """
    for table, columns in keys:
        null = " OR ".join(f"a.{ident(c)} IS NULL" for c in columns)
        same = " AND ".join(f"b.{ident(c)} = a.{ident(c)}" for c in columns)
        twice = (
            f"EXISTS (SELECT FROM {table.sql} b "
            f"WHERE {same} AND (b.tableoid, b.ctid) > (a.tableoid, a.ctid))"
        )
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(f"DELETE FROM {table.sql} a WHERE {null} OR {twice}".encode())
