"""Rows to refer to: a made-up row meets the foreign keys of its table as a real one does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import psycopg

from remediate.postgres.sql import ident, literal
from remediate.rehearsal.column_values import required_values
from remediate.rehearsal.foreign_keys import ForeignKey
from remediate.rehearsal.messages import ThrownAway
from remediate.rehearsal.row_values import literals
from remediate.snapshots.tables import Name

NO_SEQUENCE_GIVES = "-1"
_HERE = "remediate_parent"  # a savepoint


@dataclass(frozen=True, slots=True)
class Parents:
    """Gives rows what they refer to. Valid as long as no table changes."""

    known: dict[Name, Mapping[str, str]] = field(default_factory=dict)  # what a row is made of

    def referring(
        self, transaction: ThrownAway, keys: Iterable[ForeignKey], values: Mapping[str, str]
    ) -> dict[str, str]:
        """These values, of which those that refer to another row by these foreign keys do so.

        A referenced table without such a row gets one in the transaction that is thrown away.
        """
        transaction.open()
        found = dict(values)
        for fk in keys:
            pairs = zip(fk.columns, fk.targets, strict=True)
            given = {t: values[c] for c, t in pairs if c in values}
            row = _free(transaction, fk, given)
            if row is None:
                self._make(transaction, fk, given)
                row = _free(transaction, fk, given) or _free(transaction, fk, {})
            if row is not None:
                new = zip(fk.columns, row, strict=True)
                found |= {c: literal(v) for c, v in new if c in values}
        return found

    def _make(self, transaction: ThrownAway, fk: ForeignKey, keys: Mapping[str, str]) -> None:
        """A row of the referenced table, where its CHECKs can be met.

        What it refers to is not asked. That of the table itself has a key that no sequence gives:
        one at its end has none to spare.
        """
        parent = fk.parent
        try:
            values = {**self._of(transaction.connection, parent), **keys}
            if fk.of_itself:
                values |= dict.fromkeys(_numbers(transaction.connection, fk), NO_SEQUENCE_GIVES)
        except psycopg.Error:
            return  # the INSERT says what it lacks
        names = ", ".join(map(ident, values))
        _sent(
            transaction,
            "SET LOCAL session_replication_role = replica",
            f"INSERT INTO {parent.sql} ({names}) OVERRIDING SYSTEM VALUE "
            f"VALUES ({', '.join(values.values())})",
            "SET LOCAL session_replication_role = origin",
            harmless=(psycopg.Error,),
        )

    def _of(self, connection: psycopg.Connection, table: Name) -> Mapping[str, str]:
        if table not in self.known:
            with connection.transaction():
                self.known[table] = literals(connection, table) or {}
        return self.known[table]


def _numbers(connection: psycopg.Connection, fk: ForeignKey) -> list[str]:
    """The columns that it refers to, of those that hold numbers."""
    with connection.transaction():
        made_up = required_values(connection, fk.parent, "", defaulted=True)
    return [c for c in fk.targets if made_up.get(c, "")[:1].isdigit()]


def _free(transaction: ThrownAway, fk: ForeignKey, keys: Mapping[str, str]) -> Sequence[str] | None:
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
    rows = _sent(transaction, query, harmless=(psycopg.DataError, psycopg.errors.UndefinedFunction))
    return next(iter(rows), None)


def _sent(
    transaction: ThrownAway, *statements: str, harmless: tuple[type[psycopg.Error], ...]
) -> Sequence[Sequence[str]]:
    """The rows of the first that gives any, in one message; none after a harmless error."""
    try:
        found = transaction.results(f"SAVEPOINT {_HERE}", *statements, f"RELEASE SAVEPOINT {_HERE}")
    except harmless:
        transaction.back_to(_HERE)
        return ()
    return found[0] if found else ()
