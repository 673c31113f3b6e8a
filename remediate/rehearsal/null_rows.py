"""Made-up rows that leave a column NULL which no row of the live database leaves NULL."""

import re
from collections.abc import Sequence

import psycopg

from remediate.postgres import client
from remediate.postgres.sql import ident, literal
from remediate.rehearsal.candidate import Before
from remediate.rehearsal.column_values import values_of
from remediate.rehearsal.live_rows import holds
from remediate.rehearsal.result import Run
from remediate.snapshots.tables import Table

_MANY = 20  # rows; of a table no more than a few are made up
_NULLS = re.compile(r'column "(.+)" of relation "(.+)" contains null values')
_VIOLATED = re.compile(r'check constraint "(.+)" of relation "(.+)" is violated by some row')
_NOT_NULL = r'"?{}"?\s+CHECK\s*\(+\s*"?(\w+)"?\s+IS\s+NOT\s+NULL\s*\)'


def filled(run: Run, before: Before, connection: client.Connection, live: dict[str, str]) -> bool:
    """Whether rows got a value without which an upgrade failed, and no row of the database would.

    `before`: what stood before it. Rows that a revision has inserted stay as they are.
    """
    place = _refused(run, before)
    if place is None:
        return False
    table, column = place
    source = f"FROM {table.name.sql} WHERE {ident(column)} IS"
    if holds(f"{source} NULL", live) or not holds(f"{source} NOT NULL", live):
        return False
    keys = ", ".join(f"{ident(each)}::text" for each in table.key)
    rows = connection.execute(f"SELECT {keys} {source} NULL LIMIT {_MANY}".encode()).fetchall()
    if not table.key or not rows or not all(is_there(table, row, live) for row in rows):
        return False
    value = values_of(connection, table.name, (column,), 1).get(column, "NULL")
    update = f"UPDATE {table.name.sql} SET {ident(column)} = {value} WHERE {ident(column)} IS NULL"
    try:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            return connection.execute(update.encode()).rowcount == len(rows)
    except psycopg.Error:
        return False


def is_there(table: Table, row: Sequence[str], live: dict[str, str]) -> bool:
    """Whether the database has a row of this key, as of those that are made up for a rehearsal."""
    same = (f"{ident(c)}::text = {literal(v)}" for c, v in zip(table.key, row, strict=True))
    return holds(f"FROM {table.name.sql} WHERE {' AND '.join(same)}", live)


def _refused(run: Run, before: Before) -> tuple[Table, str] | None:
    """The column that may not be NULL, where it stood before and no other has its names."""
    message = run.errors[-1].message if run.errors else ""
    column, relation = "", ""
    if match := _NULLS.search(message):
        column, relation = match.groups()
    elif match := _VIOLATED.search(message):
        relation, sent = match[2], "\n".join(s.sql for s in run.statements)
        check = re.search(_NOT_NULL.format(re.escape(match[1])), sent, re.IGNORECASE)
        column = check[1] if check else ""
    found = [t for t, c in before.columns.values() if (t.name, c) == (relation, column)]
    table = before.state.live.table_of.get(found[0]) if len(found) == 1 else None
    return (table, column) if table else None
