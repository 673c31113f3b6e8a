"""Rows on both sides of a reference, made up on the scratch copy, and whether it is enforced."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from remediate.plans.proof import Gap, Limit
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal
from remediate.rehearsal.boundary import Held, of_references, required_values
from remediate.snapshots.tables import Name, Table

# Values that no made-up parent has, by pg_type.typcategory.
_UNKNOWN = {
    "N": "-32111",
    "S": "'-32111'",
    "D": "'0777-07-07'",
    "U": "'00000000-dead-4dea-8dea-000000000000'",
}


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
    values: tuple[str, ...] = ()  # what the column holds of them
    lost: tuple[str, ...] = ()  # what it holds besides, and becomes NULL


def held(references: Sequence[Reference]) -> Held:
    """What each column that is to refer to a key holds; nothing where several columns do."""
    return {
        (r.table, column): () if len(r.columns) > 1 else r.values
        for r in references
        for column in r.columns
    }


def lay(connection: psycopg.Connection, references: Sequence[Reference]) -> tuple[Limit, ...]:
    """Insert parents, then what refers to them; for which that was not possible."""
    limits = []
    others = held(references)
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
    """The rows on both sides, and those whose value becomes NULL, which may be refused alone."""
    key = reference.target, reference.target_columns[0]
    place = reference.table, reference.columns[0]
    parents = [(key, value, number) for number, value in enumerate(reference.keys, 1)]
    both = [*parents, *((place, v, n) for n, v in enumerate(reference.values, 1))]
    start = len(reference.values) + 1
    return both, [(place, v, n) for n, v in enumerate(reference.lost, start)]


def _insert(
    connection: psycopg.Connection, place: tuple[Name, str], value: str, number: int, others: Held
) -> None:
    name, column = place
    table = Table(name=name, key=(), columns=())
    values = required_values(connection, table, column, number, defaulted=False)
    required = required_values(connection, table, column, number, defaulted=True)
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
    found = fetch(connection, __package__, "columns", name)
    categories = {column: category for column, category, *_ in found}
    unknown = {c: _UNKNOWN.get(categories.get(c, ""), "'-32111'") for c in reference.columns}
    table = Table(name=reference.table, key=(), columns=())
    with connection.transaction(force_rollback=True):
        values = required_values(connection, table, reference.columns[0], 77, defaulted=True)
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


def _statement(table: Name, values: dict[str, str]) -> str:
    return (
        f"INSERT INTO {table.sql} ({', '.join(map(ident, values))}) OVERRIDING SYSTEM VALUE "
        f"VALUES ({', '.join(values.values())})"
    )
