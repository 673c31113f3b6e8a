"""An INSERT as each role that may insert, in a transaction that is thrown away.

It is sent as an application sends it, with everything on: foreign keys, CHECKs, triggers, policies.
Only where something other than its key refuses the row is all of that taken away, and the key
tried alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import psycopg

from remediate.postgres import client
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal import positions, row_changes
from remediate.rehearsal.attempt import Attempt, Outcome
from remediate.rehearsal.boundary import MANY
from remediate.rehearsal.bounds import within
from remediate.rehearsal.cleared import clear_the_way
from remediate.rehearsal.column_values import required_values
from remediate.rehearsal.foreign_keys import ForeignKey, foreign_keys
from remediate.rehearsal.key_checks import is_of_key
from remediate.rehearsal.messages import ThrownAway, thrown_away
from remediate.rehearsal.parents import Parents
from remediate.rehearsal.positions import Positions
from remediate.rehearsal.row_changes import Statement
from remediate.rehearsal.row_values import Described, described, literals
from remediate.snapshots.tables import PUBLIC, Name, Table, Writer

# What a made-up row may meet rightly: a row that exists, or that is not there to refer to; and the
# end of LONGEST.
UNRELATED = {"23505", "23503", "57014"}
NOBODY = "remediate_probe"  # a role with no rights but those of PUBLIC
LONGEST = "10s"  # that triggers may take
_NUMBER = MANY  # of a row beside the boundary rows, which count from 1


_Met = psycopg.errors.Diagnostic


def writers_of(table: Table) -> tuple[Writer, ...]:
    """The owner, and everybody else who may insert, through relations that take a plain INSERT."""
    return (Writer(table.owner, table.name), *(w for w in table.writers if w.insertable))


def made_up(
    connection: client.Connection, table: Table, column: str, known: Described | None = None
) -> Mapping[str, str]:
    """Values for a row of the table, which meet its CHECKs where that can be."""
    found = literals(connection, table.name, column, _NUMBER, known=known)
    if found is None:
        found = required_values(connection, table.name, column, _NUMBER, defaulted=False)
    placed = within(connection, table.name) if table.partitioned else {}
    return {**found, **{name: value for name, value in placed.items() if name != column}}


def attempts(
    connection: client.Connection, table: Table, column: str, made_up: Mapping[str, str]
) -> tuple[Attempt, ...]:
    """The INSERTs into a table without this column, with these values for others."""
    found = []
    for writer in writers_of(table):
        values = {**made_up}
        if writer.relation != table.name:
            there = described(connection, [writer.relation])[writer.relation].types
            values = {name: value for name, value in made_up.items() if name in there}
        found.append(Attempt(table, column, writer, tuple(values.items())))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is to be known of tables before INSERTs into them are tried."""

    positions: Positions  # of sequences, which stand there afterwards
    foreign_keys: Mapping[Name, tuple[ForeignKey, ...]]
    assignable: Mapping[Name, list[str]]  # columns
    parents: Parents = field(default_factory=Parents)

    @classmethod
    def read(
        cls, connection: client.Connection, tables: Iterable[Name], known: Positions
    ) -> "Surroundings":
        names = [*dict.fromkeys(tables)]
        return cls(
            known, foreign_keys(connection, names), row_changes.assignable(connection, names)
        )


def insert(
    connection: client.Connection, attempt: Attempt, known: Positions = MappingProxyType({})
) -> Outcome:
    """Try it, and what its table's owner may do with the row.

    Sequences that are `known` stand where they stood afterwards. The connection must belong to a
    superuser, outside a transaction.
    """
    around = Surroundings.read(connection, [attempt.table.name], known)
    return insert_in(connection, attempt, around)


def insert_in(connection: client.Connection, attempt: Attempt, around: Surroundings) -> Outcome:
    """As `insert`, where the table is known already."""
    plain = _thrown_away(connection, attempt, around, cleared=False)
    if plain.works or plain.of_key or attempt.given or not attempt.column:
        return plain
    try:
        cleared = _thrown_away(connection, attempt, around, cleared=True)
    except psycopg.Error:  # something cannot be taken away
        return replace(plain, unclear=True)
    return replace(
        cleared, in_the_way=plain.refusal, met=plain.met, elsewhere=plain.elsewhere,
        where=plain.where, foreign_key=plain.foreign_key,
    )  # fmt: skip


def _thrown_away(
    connection: client.Connection, attempt: Attempt, around: Surroundings, *, cleared: bool
) -> Outcome:
    with thrown_away(connection, PREPARE) as transaction:
        statement = (
            _cleared(transaction, attempt) if cleared else _plain(transaction, attempt, around)
        )
        looks = attempt.by_owner and not cleared
        columns = around.assignable[attempt.table.name] if looks else []
        changes = row_changes.changes(attempt.table, columns) if looks else ()
        outcome, drawn = _tried(transaction, attempt, statement, changes)
    positions.restore(connection, drawn, around.positions)
    return outcome


# Ids that this session drew ahead (CACHE) are forgotten; the transaction gets its id before the
# savepoint in which the row is added.
PREPARE = (
    f"DISCARD SEQUENCES; DISCARD PLANS; SELECT pg_current_xact_id(); "
    f"SET LOCAL statement_timeout = '{LONGEST}'"
)


def _tried(
    transaction: ThrownAway, attempt: Attempt, statement: str, changes: Sequence[Statement]
) -> tuple[Outcome, tuple[Name, ...]]:
    """What it gave, and what may be done with the row; the sequences that it drew from.

    All is in one message, which is enough where nothing is refused.
    """
    role = NOBODY if attempt.writer.role == PUBLIC else attempt.writer.role
    generated = [_generated(attempt)] if attempt.column else []
    look = ("SAVEPOINT remediate_look", "RESET ROLE", f"SELECT '{_LOOK}'", *generated)
    try:
        found = transaction.results(
            "SAVEPOINT remediate_insert", f"SET LOCAL ROLE {ident(role)}", statement,
            "SET CONSTRAINTS ALL IMMEDIATE", "RELEASE SAVEPOINT remediate_insert",
            *look, *row_changes.together(changes), positions.drawn_by(), "ROLLBACK",
        )  # fmt: skip
        tried, drawn = tuple(one.change for one in changes), found[-1]
    except psycopg.Error as error:
        if transaction.back_to("remediate_insert"):
            outcome = _refused(transaction.connection, attempt, error)
            *_, drawn = transaction.results(positions.drawn_by(), "ROLLBACK")
            return outcome, tuple(Name(*row) for row in drawn)
        transaction.back_to("remediate_look")  # one of the changes is refused: one by one
        found = transaction.results(*look)
        tried = tuple(row_changes.sent(transaction.connection, one) for one in changes)
        *_, drawn = transaction.results(positions.drawn_by(), "ROLLBACK")
    rows = found[found.index([(_LOOK,)]) + 1] if attempt.column else []
    id_ = str(rows[0][0]) if rows else ""
    return Outcome(attempt.writer, id_, changes=tried), tuple(Name(*row) for row in drawn)


_LOOK = "remediate_look"  # an INSERT gives rows, too, where a rule makes a SELECT of it


def _refused(connection: client.Connection, attempt: Attempt, error: psycopg.Error) -> Outcome:
    missing = error.sqlstate == "23502" and _is_key(connection, attempt, error.diag)
    missing |= error.sqlstate == "23514" and _is_of_key(connection, attempt, error.diag)
    reason, state = str(error).splitlines()[0], error.sqlstate or ""
    fk = error.diag.constraint_name if state == "23503" else ""
    return Outcome(
        attempt.writer, None, state, reason, of_key=missing, met=state,
        elsewhere=bool(error.diag.context), where=_function(error), foreign_key=fk or "",
    )  # fmt: skip


def _function(error: psycopg.Error) -> str:
    return next(iter((error.diag.context or "").splitlines()[-1:]), "")


def _is_key(connection: client.Connection, attempt: Attempt, met: _Met) -> bool:
    """Whether it is the column of the table, and none that a rule or a trigger fills elsewhere."""
    if met.column_name != attempt.column:
        return False
    where, table = Name(met.schema_name or "", met.table_name or ""), attempt.table.name
    if where == table:
        return True
    parts = fetch(connection, __package__, "partitions", str(table))
    return where in (Name(*row) for row in parts)


def _is_of_key(connection: client.Connection, attempt: Attempt, met: _Met) -> bool:
    """Whether the CHECK that was violated is about this column alone."""
    table = Name(met.schema_name or "", met.table_name) if met.table_name else attempt.table.name
    return is_of_key(connection, table, attempt.column, met.constraint_name or "")


def _plain(transaction: ThrownAway, attempt: Attempt, around: Surroundings) -> str:
    values = dict(attempt.values)
    keys = [k for k in around.foreign_keys[attempt.table.name] if {*k.columns} & {*values}]
    if keys:
        values = around.parents.referring(transaction, keys, values)
    return _insert(attempt.writer.relation, values, overriding=attempt.overriding)


def _cleared(transaction: ThrownAway, attempt: Attempt) -> str:
    """Only the other members of a composite key get values: all else can be left out."""
    table, writer, connection = attempt.table, attempt.writer, transaction.connection
    transaction.open()
    clear_the_way(connection, table, attempt.column, writer)
    if writer.relation != table.name:
        return _insert(writer.relation, {})
    members = set(_names(connection, "key_columns", str(table.name)))
    given = required_values(connection, table.name, attempt.column, defaulted=False)
    return _insert(table.name, {name: value for name, value in given.items() if name in members})


def _insert(relation: Name, values: dict[str, str], *, overriding: bool = False) -> str:
    if not values:
        return f"INSERT INTO {relation.sql} DEFAULT VALUES"
    names = ", ".join(ident(name) for name in values)
    how = "OVERRIDING SYSTEM VALUE " if overriding else ""
    return f"INSERT INTO {relation.sql} ({names}) {how}VALUES ({', '.join(values.values())})"


def _generated(attempt: Attempt) -> str:
    """The query for the id of the row that was added; RETURNING would need a right to SELECT."""
    table = attempt.table.name.sql
    return f"SELECT {ident(attempt.column)}::text FROM {table} WHERE {row_changes.ADDED}"


def _names(connection: client.Connection, query: str, *parameters: str) -> list[str]:
    return [row[0] for row in fetch(connection, __package__, query, *parameters)]
