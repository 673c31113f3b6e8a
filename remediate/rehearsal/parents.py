"""Rows to refer to: a made-up row meets the foreign keys of its table as a real one does."""

from collections.abc import Iterable, Mapping, Sequence

import psycopg

from remediate.postgres.sql import ident, literal
from remediate.rehearsal.column_values import required_values
from remediate.rehearsal.foreign_keys import ForeignKey
from remediate.rehearsal.row_values import literals

NO_SEQUENCE_GIVES = "-1"


def referring(
    connection: psycopg.Connection, keys: Iterable[ForeignKey], values: Mapping[str, str]
) -> dict[str, str]:
    """These values, of which those that refer to another row by these foreign keys do so.

    A referenced table without such a row gets one: the caller's transaction is to be thrown away.
    """
    found = dict(values)
    for fk in keys:
        given = {t: values[c] for c, t in zip(fk.columns, fk.targets, strict=True) if c in values}
        row = _free(connection, fk, given)
        if row is None:
            _make(connection, fk, given)
            row = _free(connection, fk, given) or _free(connection, fk, {})
        if row is not None:
            found |= {c: literal(v) for c, v in zip(fk.columns, row, strict=True) if c in values}
    return found


def _free(
    connection: psycopg.Connection, fk: ForeignKey, keys: Mapping[str, str]
) -> Sequence[str] | None:
    """The key of a row with these values that nobody refers to yet, as text; else of any such.

    None, too, where a key cannot hold the value, or is of a type that is not compared with it.
    """
    selected = ", ".join(f"p.{ident(c)}::text" for c in fk.targets)
    wanted = {} if fk.of_itself else keys
    there = " AND ".join(
        f"p.{ident(c)} = {wanted[c]}" if c in wanted else f"p.{ident(c)} IS NOT NULL"
        for c in fk.targets
    )
    query = (
        f"SELECT {selected} FROM {fk.parent.sql} p WHERE {there} "
        f"ORDER BY EXISTS (SELECT FROM {fk.table.sql} c WHERE {fk.same}) LIMIT 1"
    )
    try:
        with connection.transaction():
            return connection.execute(query.encode()).fetchone()
    except (psycopg.DataError, psycopg.errors.UndefinedFunction):
        return None


def _make(connection: psycopg.Connection, fk: ForeignKey, keys: Mapping[str, str]) -> None:
    """A row of the referenced table, where its CHECKs can be met; what it refers to is not asked.

    That of the table itself has a key that no sequence gives: one at its end has none to spare.
    """
    parent = fk.parent
    try:
        with connection.transaction():
            values = {**(literals(connection, parent) or {}), **keys}
            if fk.of_itself:
                made_up = required_values(connection, parent, "", defaulted=True)
                numbers = [c for c in fk.targets if made_up.get(c, "")[:1].isdigit()]
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
