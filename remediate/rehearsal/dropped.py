"""Values that an upgrade drops with columns and tables, which a downgrade makes anew, empty."""

from collections.abc import Iterator, Mapping

import psycopg

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal.live_rows import holds
from remediate.rehearsal.result import Lost
from remediate.snapshots.tables import Name

Columns = Mapping[tuple[int, int], tuple[Name, str]]  # by the OID of the table and the number


def columns(connection: psycopg.Connection) -> Columns:
    """Every column that holds values, by what stays the same when it gets another name."""
    rows = fetch(connection, __package__, "attributes")
    return {(oid, number): (Name(s, t), column) for oid, number, s, t, column in rows}


def gone(before: Columns, after: Columns) -> Iterator[tuple[Name, str]]:
    """The columns that are not there any more; the table alone where it is not."""
    kept_tables = {oid for oid, _ in after}
    found = (
        (table, column if oid in kept_tables else "")
        for (oid, number), (table, column) in before.items()
        if (oid, number) not in after
    )
    yield from dict.fromkeys(found)


def lost(table: Name, column: str, statement: int, live: dict[str, str]) -> Lost:
    """With whether the live database holds any of it."""
    condition = f" WHERE {ident(column)} IS NOT NULL" if column else ""
    there = holds(f"FROM {table.sql}{condition}", live)
    return Lost(table, column, statement, there=there)
