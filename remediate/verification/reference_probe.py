"""A row with an id that no parent has, on the live database: its foreign key must refuse it."""

from collections.abc import Iterator, Mapping

import psycopg

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal.column_types import columns
from remediate.rehearsal.column_values import holds
from remediate.rehearsal.type_values import unlikely
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.verification import row_here
from remediate.verification.cases import row
from remediate.verification.live_probe import TIMEOUTS, Probe
from remediate.verification.observations import UnknownId, Untried
from remediate.verification.parents import present

_NUMBER = 30011  # of the made-up row: few rows that are there have such values


def probe(connection: Connection, fk: ForeignKey, live: Live) -> Probe:
    """INSERT a row that refers to nothing, and take it back, whatever becomes of it.

    Its other references lead to rows that are there. Nothing is shown where something else refuses
    the row, or where the referenced table cannot be read.
    """
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(TIMEOUTS)
            return _tried(connection, fk, live)
    except psycopg.Error as error:
        return _untried(error)


def _tried(connection: Connection, fk: ForeignKey, live: Live) -> Probe:
    values = row_here.values(connection, fk.table, live, "", _NUMBER)
    if values is None:
        return Probe(None, Untried(f"no row of {fk.table} could be made up"))
    made = row(fk.table, values, live)
    lacking = present(connection, made, live)
    if lacking not in (None, fk.target):
        return Probe(None, Untried(f"no row of {lacking} could be read or made up"))
    last = Probe(
        None,
        Untried(
            f"remediate found no value that is missing from {fk.target}, or cannot read that table"
        ),
    )
    for unknown in _of_no_parent(connection, fk):
        last = _sent(connection, fk, made.with_values(unknown), unknown)
        if not isinstance(last.seen, Untried) or last.seen.sqlstate != "23514":
            break  # only a CHECK may take another value
    return last


def _of_no_parent(connection: Connection, fk: ForeignKey) -> Iterator[Mapping[str, str]]:
    """Values of the columns that no row of the referenced table has."""
    types = {column.name: column.type for column in columns(connection, fk.table)}
    if not {*fk.columns} <= types.keys():
        return
    for values in zip(*(unlikely(types[c]) for c in fk.columns), strict=False):
        pairs = zip(fk.target_columns, values, strict=True)
        same = " AND ".join(f"{ident(target)} = {value}" for target, value in pairs)
        if holds(connection, f"NOT EXISTS (SELECT FROM {fk.target.sql} WHERE {same})"):
            yield dict(zip(fk.columns, values, strict=True))


def _sent(
    connection: Connection, fk: ForeignKey, statement: str, unknown: Mapping[str, str]
) -> Probe:
    ids = " AND ".join(f"{ident(column)} = {value}" for column, value in unknown.items())
    try:
        with connection.transaction():
            connection.execute(statement.encode())
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            taken = holds(connection, f"EXISTS (SELECT FROM {fk.table.sql} WHERE {ids})")
    except psycopg.errors.ForeignKeyViolation as error:
        name, table = error.diag.constraint_name or "", error.diag.table_name or ""
        schema = error.diag.schema_name or ""
        of_it = fetch(
            connection, __package__, "is_of_reference", fk.name, str(fk.table), name, schema, table
        )
        if of_it[0][0]:
            return Probe(works=True, seen=UnknownId(fk.name, refused=True))
        return _untried(error)
    except psycopg.Error as error:
        return _untried(error)
    if not taken:
        return Probe(None, Untried("a rule or a trigger turns the row away, or changes it"))
    why = fetch(connection, __package__, "unchecked", fk.name, str(fk.table))[0][0]
    return Probe(works=False, seen=UnknownId(fk.name, refused=False, why=why))


def _untried(error: psycopg.Error) -> Probe:
    return Probe(None, Untried(str(error).splitlines()[0], str(error.sqlstate or "")))
