"""Rows of the scratch copy that a new primary key would refuse, though the live table has none."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import psycopg

from remediate.plans.proof import Gap, Limit
from remediate.postgres.client import Connection
from remediate.postgres.sql import ident, literal
from remediate.rehearsal.boundary import MANY, Held
from remediate.rehearsal.bounds import within
from remediate.rehearsal.column_values import values_of
from remediate.snapshots.tables import Name, Table

Key = tuple[Name, tuple[str, ...]]


def make_room(connection: Connection, keys: Iterable[Key], held: Held) -> tuple[Limit, ...]:
    """Take away made-up rows that are NULL there, or have what another one has.

    Nothing refused them when they were laid, each for a repair of its own. Those of which a member
    of the key has a value get the others; `held`: what columns hold of the keys they refer to. Of
    which tables the rows could not be completed.
    """
    limits = []
    for table, columns in keys:
        if len(columns) > 1:
            try:
                _complete(connection, table, columns, held)
            except psycopg.Error as error:
                reason = str(error).splitlines()[0]
                limits.append(Limit(Gap.WITHOUT_ROWS, table, reason))
        _as_replica(connection, _of_refused_rows(table, columns))
    return tuple(limits)


def _of_refused_rows(table: Name, columns: Sequence[str]) -> str:
    null = " OR ".join(f"a.{ident(c)} IS NULL" for c in columns)
    same = " AND ".join(f"b.{ident(c)} = a.{ident(c)}" for c in columns)
    twice = (
        f"EXISTS (SELECT FROM {table.sql} b "
        f"WHERE {same} AND (b.tableoid, b.ctid) > (a.tableoid, a.ctid))"
    )
    return f"DELETE FROM {table.sql} a WHERE {null} OR {twice}"


def _complete(connection: Connection, table: Name, columns: Sequence[str], held: Held) -> None:
    """Row by row with values of its own: two that are the same would be one."""
    null = " OR ".join(f"{ident(c)} IS NULL" for c in columns)
    rows = connection.execute(
        f"SELECT tableoid::text, ctid::text FROM {table.sql} WHERE {null}".encode()
    ).fetchall()
    for number, row in enumerate(rows):
        values = values_of(connection, table, columns, 1 + number % MANY)
        for column in columns:
            if those := held.get((table, column)):
                values[column] = literal(those[number % len(those)])
        given = ", ".join(f"{ident(c)} = coalesce({ident(c)}, {v})" for c, v in values.items())
        there = f"({', '.join(map(literal, row))})"
        update = f"UPDATE {table.sql} SET {given} WHERE (tableoid, ctid) = {there}"
        _as_replica(connection, update)


def _as_replica(connection: Connection, statement: str) -> None:
    """Run it without foreign keys and triggers."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(statement.encode())


def members(
    connection: Connection, table: Table, columns: Collection[str], row: Mapping[str, str]
) -> Mapping[str, str]:
    """Values for these columns of a key to come: the row's own, unless another row has them."""
    placed = within(connection, table.name) if table.partitioned else {}
    values: dict[str, str] = {}
    for number in range(MANY, 0, -1):
        values = {**values_of(connection, table.name, columns, number)}
        stays = row if number == MANY else placed
        values |= {column: stays[column] for column in values.keys() & stays.keys()}
        if not _is_there(connection, table, values):
            break
    return values


def _is_there(connection: Connection, table: Table, values: Mapping[str, str]) -> bool:
    same = " AND ".join(f"{ident(column)} = {value}" for column, value in values.items())
    try:
        with connection.transaction():
            query = f"SELECT EXISTS (SELECT FROM {table.name.sql} WHERE {same})"
            row = connection.execute(query.encode()).fetchone()
    except psycopg.Error:  # the INSERT says what is wrong with them
        return False
    return bool(row and row[0])
