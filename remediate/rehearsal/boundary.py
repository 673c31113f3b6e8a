"""Insert rows with boundary ids into the scratch copy, so that setval and nextval meet them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import psycopg

from remediate.plans.proof import Gap, Limit
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal
from remediate.rehearsal.bounds import within
from remediate.rehearsal.column_values import required_values
from remediate.snapshots.tables import Column, Name, Table

MANY = 9  # rows that {n} keeps apart

Place = tuple[Table, Column]
Held = Mapping[tuple[Name, str], tuple[str, ...]]  # what columns hold of the keys they refer to


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    id: int


def lay(connection: psycopg.Connection, places: Sequence[Place], held: Held) -> tuple[Limit, ...]:
    """Insert the boundary rows of each column; for which that was not possible.

    Foreign keys, triggers and rules are out of the way (session_replication_role); a CHECK that a
    made-up value violates is laid again as NOT VALID.
    """
    limits = []
    for table, column in places:
        try:
            with connection.transaction():
                _lay_rows(connection, table, column, held)
        except psycopg.Error as error:
            reason = str(error).splitlines()[0]
            limits.append(Limit(Gap.WITHOUT_ROWS, table.name, reason))
    return tuple(limits)


def _lay_rows(connection: psycopg.Connection, table: Table, column: Column, held: Held) -> None:
    extremes = column.extremes
    found = {extremes.low, extremes.high, column.collision} if extremes else set()
    ids = sorted(id_ for id_ in found if id_ is not None)
    statements = [
        _insert(connection, table, column, _Row(number, id_), held)
        for number, id_ in enumerate(ids, 1)
    ]
    if not statements:
        return
    connection.execute("SET LOCAL session_replication_role = replica")
    try:
        with connection.transaction():
            _execute(connection, statements)
    except psycopg.errors.CheckViolation:
        checks = fetch(connection, __package__, "check_definitions", str(table.name))
        alter = f"ALTER TABLE {table.name.sql}"
        _execute(connection, [f"{alter} DROP CONSTRAINT {ident(name)}" for name, _ in checks])
        _execute(connection, statements)
        _execute(
            connection,
            [
                f"{alter} ADD CONSTRAINT {ident(n)} {d.removesuffix(' NOT VALID')} NOT VALID"
                for n, d in checks
            ],
        )


def _execute(connection: psycopg.Connection, statements: list[str]) -> None:
    for statement in statements:
        connection.execute(statement.encode())


def _insert(
    connection: psycopg.Connection, table: Table, column: Column, row: _Row, held: Held
) -> str:
    values = {column.name: str(row.id)}
    placed = within(connection, table.name) if table.partitioned else {}
    given = required_values(connection, table.name, column.name, row.number, defaulted=True)
    values |= given | of_references((table.name, column.name), given, row.number, held)
    values |= {name: value for name, value in placed.items() if name != column.name}
    names = ", ".join(ident(name) for name in values)
    return (
        f"INSERT INTO {table.name.sql} ({names}) OVERRIDING SYSTEM VALUE "
        f"VALUES ({', '.join(values.values())})"
    )


def of_references(
    place: tuple[Name, str], required: Collection[str], number: int, held: Held
) -> dict[str, str]:
    """Values for the columns of which a repair makes a reference: a later VALIDATE looks at them.

    Those that may be NULL are: left out, they would take their defaults, which need not refer to
    anything. `place`: the column for which the row is made, and its table; `required`: what is
    NOT NULL there.
    """
    found = {}
    for (name, column), values in held.items():
        if name != place[0] or column == place[1]:
            continue
        if column not in required:
            found[column] = "NULL"
        elif values:
            found[column] = literal(values[number % len(values)])
    return found
