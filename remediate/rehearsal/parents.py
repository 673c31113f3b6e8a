"""Rows to refer to: a made-up row meets the foreign keys of its table as a real one does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal
from remediate.rehearsal.boundary import required_values
from remediate.rehearsal.row_values import literals
from remediate.snapshots.tables import Name, Table

NO_SEQUENCE_GIVES = "-1"


def referring(
    connection: psycopg.Connection, name: Name, values: Mapping[str, str]
) -> dict[str, str]:
    """These values, of which those that refer to another row do so.

    A referenced table without such a row gets one: the caller's transaction is to be thrown away.
    """
    found = dict(values)
    if not values:
        return found
    for schema, table, columns, targets in fetch(
        connection, __package__, "foreign_keys", str(name)
    ):
        if not {*columns} & {*values}:
            continue
        keys = {t: values[c] for c, t in zip(columns, targets, strict=True) if c in values}
        reference = _Reference(name, tuple(columns), Name(schema, table), tuple(targets))
        row = _free(connection, reference, keys)
        if row is None:
            _make(connection, reference, keys)
            row = _free(connection, reference, keys) or _free(connection, reference, {})
        if row is not None:
            found |= {c: literal(v) for c, v in zip(columns, row, strict=True) if c in values}
    return found


@dataclass(frozen=True, slots=True)
class _Reference:
    table: Name
    columns: tuple[str, ...]
    parent: Name
    targets: tuple[str, ...]

    @property
    def of_itself(self) -> bool:
        return self.table == self.parent


def _free(
    connection: psycopg.Connection, reference: _Reference, keys: Mapping[str, str]
) -> Sequence[str] | None:
    """The key of a row with these values that nobody refers to yet, as text; else of any such."""
    parent, targets = reference.parent, reference.targets
    selected = ", ".join(f"p.{ident(c)}::text" for c in targets)
    pairs = zip(reference.columns, targets, strict=True)
    same = " AND ".join(f"c.{ident(mine)} = p.{ident(theirs)}" for mine, theirs in pairs)
    wanted = {} if reference.of_itself else keys
    there = " AND ".join(
        f"p.{ident(c)} = {wanted[c]}" if c in wanted else f"p.{ident(c)} IS NOT NULL"
        for c in targets
    )
    query = (
        f"SELECT {selected} FROM {parent.sql} p WHERE {there} "
        f"ORDER BY EXISTS (SELECT FROM {reference.table.sql} c WHERE {same}) LIMIT 1"
    )
    return connection.execute(query.encode()).fetchone()


def _make(connection: psycopg.Connection, reference: _Reference, keys: Mapping[str, str]) -> None:
    """A row of the referenced table, where its CHECKs can be met; what it refers to is not asked.

    That of the table itself has a key that no sequence gives: one at its end has none to spare.
    """
    parent = reference.parent
    table = Table(name=parent, key=(), columns=())
    try:
        with connection.transaction():
            values = {**(literals(connection, parent) or {}), **keys}
            if reference.of_itself:
                made_up = required_values(connection, table, "", defaulted=True)
                numbers = [c for c in reference.targets if made_up.get(c, "")[:1].isdigit()]
                values |= dict.fromkeys(numbers, NO_SEQUENCE_GIVES)
            connection.execute("SET LOCAL session_replication_role = replica")
            names = ", ".join(map(ident, values))
            statement = (
                f"INSERT INTO {parent.sql} ({names}) OVERRIDING SYSTEM VALUE "
                f"VALUES ({', '.join(values.values())})"
            )
            connection.execute(statement.encode())
            connection.execute("SET LOCAL session_replication_role = origin")
    except psycopg.Error:
        return  # the INSERT says what it lacks
