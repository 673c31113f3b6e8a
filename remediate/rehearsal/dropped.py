"""Values that an upgrade drops with columns and tables, which a downgrade makes anew, empty."""

import re
from collections.abc import Iterable, Iterator, Mapping

import psycopg

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal.live_rows import holds
from remediate.rehearsal.result import Lost, Run
from remediate.snapshots.tables import Name

# What brings values back: it reads them where they were kept, or gives a kept table its name.
_RESTORING = re.compile(
    r"^\s*(INSERT|UPDATE|MERGE|COPY|WITH|SELECT|DO|CALL)\b|\bRENAME\b|\bAS\s*\(?\s*SELECT\b",
    re.IGNORECASE,
)
_DELETING = re.compile(
    r"^\s*(?:DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?)\s+(?:ONLY\s+)?([\w.\"]+)", re.IGNORECASE
)

Columns = Mapping[tuple[int, int], tuple[Name, str]]  # by the OID of the table and the number


def columns(connection: psycopg.Connection) -> Columns:
    """Every column that holds values, by what stays the same when it gets another name."""
    rows = fetch(connection, __package__, "attributes")
    return {(oid, number): (Name(s, t), column) for oid, number, s, t, column in rows}


def lost(
    before: Columns, after: Columns, up: Run, down: Run, live: dict[str, str]
) -> Iterator[Lost]:
    """What does not come back with the downgrade, and whether the live database holds any of it."""
    kept_tables = {oid for oid, _ in after}
    gone: dict[tuple[Name, str, int], None] = {}
    for (oid, number), (table, column) in before.items():
        if (oid, number) not in after:
            gone[table, column if oid in kept_tables else "", 0] = None
    gone |= dict.fromkeys(_deleted(up, {table for table, _ in before.values()}))
    for table, column, statement in gone:
        if not restored(table, down):
            yield Lost(table, column, statement, there=_is_there(table, column, live))


def restored(table: Name, down: Run) -> bool:
    """Whether a statement of the downgrade may bring values of the table back."""
    named = re.compile(rf"\b{re.escape(table.name)}\b")
    return any(_RESTORING.search(s.sql) and named.search(s.sql) for s in down.statements)


def _deleted(up: Run, tables: Iterable[Name]) -> Iterator[tuple[Name, str, int]]:
    """The tables whose rows a statement deletes, which the upgrade itself has not made."""
    known = {table.name: table for table in tables}
    for statement in up.statements:
        if statement.number and (match := _DELETING.match(statement.sql)):
            name = match[1].replace('"', "").rpartition(".")[2]
            if name in known:
                yield known[name], "", statement.number


def _is_there(table: Name, column: str, live: dict[str, str]) -> bool:
    condition = f" WHERE {ident(column)} IS NOT NULL" if column else ""
    return holds(f"FROM {table.sql}{condition}", live)
