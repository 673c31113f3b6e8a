"""Rows that a made-up row can refer to, in a transaction that is taken back."""

import psycopg

from remediate.postgres.client import Connection
from remediate.rehearsal.column_values import holds
from remediate.rehearsal.type_values import unknown
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from remediate.verification import row_here
from remediate.verification.cases import Row, row

_NUMBER = 30017  # of the made-up row: few rows that are there have such values


def present(
    connection: Connection, made: Row, live: Live, above: tuple[Name, ...] = ()
) -> Name | None:
    """See that each table to which the row refers holds one; the first that does not, else None.

    Where none is there, one is made up, after those to which it refers itself; in the table of the
    row, one that refers to itself.
    """
    below = (*above, made.table)
    for parent in sorted(made.parents, key=lambda parent: parent == made.table):
        if holds(connection, f"EXISTS (SELECT FROM {parent.sql})"):
            continue
        if parent == made.table and _laid(connection, parent, _of_itself(made, live)):
            continue
        if parent in below or not _inserted(connection, parent, live, below):
            return parent
    return None


def _of_itself(made: Row, live: Live) -> str:
    """The INSERT of the row as the first one of its table: with a key, and referring to that."""
    given: dict[str, str] = {}
    for fk in live.references.get(made.table, ()):
        if fk.target == made.table and set(fk.columns) <= made.values.keys():
            for ours, theirs, type_ in zip(
                fk.columns, fk.target_columns, fk.target_types, strict=True
            ):
                given.setdefault(theirs, unknown(type_)[0])
                given[ours] = given[theirs]
    statement = made.with_values(given)
    return statement.replace(")\nVALUES (", ")\nOVERRIDING SYSTEM VALUE VALUES (", 1)


def _inserted(connection: Connection, table: Name, live: Live, above: tuple[Name, ...]) -> bool:
    values = row_here.values(connection, table, live, "", _NUMBER)
    if values is None:
        return False
    made = row(table, values, live)
    if present(connection, made, live, above):
        return False
    return _laid(connection, table, made.statement)


def _laid(connection: Connection, table: Name, statement: str) -> bool:
    try:
        with connection.transaction():
            connection.execute(statement.encode())
    except psycopg.Error:
        return False
    return holds(connection, f"EXISTS (SELECT FROM {table.sql})")
