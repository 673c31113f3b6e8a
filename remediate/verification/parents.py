"""Rows that a made-up row can refer to, in a transaction that is taken back."""

import psycopg

from remediate.postgres.client import Connection
from remediate.postgres.own import marked
from remediate.rehearsal.column_values import holds
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from remediate.verification import row_here
from remediate.verification.cases import Row, row

_NUMBER = 30017  # of the made-up row: few rows that are there have such values


def present(
    connection: Connection, made: Row, live: Live, above: tuple[Name, ...] = ()
) -> Name | None:
    """See that each table to which the row refers holds one; the first that does not, else None.

    Where none is there, one is made up, after those to which it refers itself.
    """
    below = (*above, made.table)
    for parent in made.parents:
        if holds(connection, f"EXISTS (SELECT FROM {parent.sql})"):
            continue
        if parent in below or not _inserted(connection, parent, live, below):
            return parent
    return None


def _inserted(connection: Connection, table: Name, live: Live, above: tuple[Name, ...]) -> bool:
    values = row_here.values(connection, table, live, "", _NUMBER)
    if values is None:
        return False
    made = row(table, values, live)
    if present(connection, made, live, above):
        return False
    try:
        with connection.transaction():
            connection.execute(marked(made.statement))
    except psycopg.Error:
        return False
    return holds(connection, f"EXISTS (SELECT FROM {table.sql})")
