"""Rows on both sides of a reference, made up on the scratch copy, and whether it is enforced."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from remediate.plans.proof import Gap, Limit
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal
from remediate.rehearsal.boundary import Held, of_references
from remediate.rehearsal.column_types import columns
from remediate.rehearsal.column_values import holds, required_values
from remediate.rehearsal.row_values import literals
from remediate.rehearsal.type_values import unlikely
from remediate.snapshots.tables import Name

_NUMBER = 77  # of a row beside all others

_Row = tuple[tuple[Name, str], str, int]  # a column, its value, and the number of the row


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that reference a key, and what the rehearsal puts into both."""

    table: Name
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...]
    constraint: str  # that refuses an unknown id afterwards; "" where none does
    keys: tuple[str, ...] = ()  # of the referenced table's rows, where it has one column
    values: tuple[str, ...] = ()  # what the column holds of them, each spelled in one way
    lost: tuple[str, ...] = ()  # what it holds besides, and becomes NULL


def held(references: Sequence[Reference]) -> dict[tuple[Name, str], tuple[str, ...]]:
    """What each column that is to refer to a key holds; nothing where several columns do."""
    return {
        (r.table, column): () if len(r.columns) > 1 else r.values
        for r in references
        for column in r.columns
    }


def lay(connection: psycopg.Connection, references: Sequence[Reference]) -> tuple[Limit, ...]:
    """Insert parents, then what refers to them; for which that was not possible."""
    limits, others = [], held(references)
    for reference in references:
        for rows in _rows_of(reference):
            try:
                with connection.transaction():
                    connection.execute("SET LOCAL session_replication_role = replica")
                    for place, value, number in rows:
                        _insert(connection, place, value, number, others)
            except psycopg.Error as error:
                reason = str(error).splitlines()[0]
                limits.append(Limit(Gap.WITHOUT_ROWS, reference.table, reason))
    return tuple(limits)


def _rows_of(reference: Reference) -> tuple[list[_Row], list[_Row]]:
    """The rows on both sides, and those whose value becomes NULL, which may be refused alone.

    Other spellings come first: where few rows stay apart, they are the ones to show.
    """
    key = reference.target, reference.target_columns[0]
    place = reference.table, reference.columns[0]
    parents = [(key, value, number) for number, value in enumerate(reference.keys, 1)]
    numbered = [*enumerate(reference.values, 1)]
    both = [*parents, *((place, v, n) for n, v in reversed(numbered))]
    start = len(reference.values) + 1
    return both, [(place, v, n) for n, v in enumerate(reference.lost, start)]


def _insert(
    connection: psycopg.Connection,
    place: tuple[Name, str],
    value: str,
    number: int,
    others: Held,
) -> None:
    name, column = place
    values = literals(connection, name, column, number, value=value)
    if values is None:  # PostgreSQL tells why
        values = required_values(connection, name, column, number, defaulted=False)
    required = required_values(connection, name, column, number, defaulted=True)
    values |= of_references(place, required, number, others)
    values[column] = literal(value)
    connection.execute(f"{_statement(name, values)} ON CONFLICT DO NOTHING".encode())


def contents(connection: psycopg.Connection, references: Sequence[Reference]) -> dict[Name, str]:
    """Every row of the referring tables, as text."""
    names = {reference.table for reference in references}
    return {name: _rows(connection, name) for name in sorted(names)}


def _rows(connection: psycopg.Connection, name: Name) -> str:
    query = f"SELECT coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '') FROM {name.sql} t"
    found = connection.execute(query.encode()).fetchone()
    return str(found[0]) if found else ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """PostgreSQL's answer to a row that refers to nothing: both "" where it takes the row."""

    constraint: str  # that refuses it
    reason: str  # what else does, so that nothing is known of the constraint


def refusal(connection: psycopg.Connection, reference: Reference) -> Refusal:
    """Other constraints are out of the way; all of it is thrown away."""
    name = str(reference.table)
    unknown = _of_no_parent(connection, reference)
    if not unknown:
        reason = f"remediate found no value that is missing from {reference.target}"
        return Refusal("", reason)
    with connection.transaction(force_rollback=True):
        values = required_values(connection, reference.table, "", _NUMBER, defaulted=True)
        others = fetch(connection, __package__, "other_constraints", name, reference.constraint)
        for (other,) in others:
            drop = f"ALTER TABLE {reference.table.sql} DROP CONSTRAINT {ident(other)}"
            connection.execute(drop.encode())
        alter = f"ALTER TABLE {reference.table.sql} DISABLE TRIGGER USER"
        connection.execute(alter.encode())
        try:
            with connection.transaction():
                values |= unknown
                connection.execute(_statement(reference.table, values).encode())
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.errors.ForeignKeyViolation as error:
            return Refusal(error.diag.constraint_name or "", "")
        except psycopg.Error as error:
            return Refusal("", str(error).splitlines()[0])
    return Refusal("", "")


def _of_no_parent(connection: psycopg.Connection, reference: Reference) -> dict[str, str]:
    """Values of the columns that no row of the referenced table has; {} where none was found."""
    types = {column.name: column.type for column in columns(connection, reference.table)}
    if not {*reference.columns} <= types.keys():
        return {}
    for values in zip(*(unlikely(types[c]) for c in reference.columns), strict=False):
        pairs = zip(reference.target_columns, values, strict=True)
        same = " AND ".join(f"{ident(target)} = {value}" for target, value in pairs)
        if holds(connection, f"NOT EXISTS (SELECT FROM {reference.target.sql} WHERE {same})"):
            return dict(zip(reference.columns, values, strict=True))
    return {}


def _statement(table: Name, values: dict[str, str]) -> str:
    return (
        f"INSERT INTO {table.sql} ({', '.join(map(ident, values))}) OVERRIDING SYSTEM VALUE "
        f"VALUES ({', '.join(values.values())})"
    )
