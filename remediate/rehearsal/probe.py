"""An INSERT as each role that may insert, in a transaction that is thrown away.

It is sent as an application sends it, with everything on: foreign keys, CHECKs, triggers, policies.
Only where something other than its key refuses the row is all of that taken away, and the key
tried alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

import psycopg

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.rehearsal import parents, positions, row_changes
from remediate.rehearsal.boundary import MANY
from remediate.rehearsal.bounds import within
from remediate.rehearsal.column_values import required_values
from remediate.rehearsal.key_checks import is_of_key
from remediate.rehearsal.positions import Positions
from remediate.rehearsal.row_changes import Change
from remediate.rehearsal.row_values import literals
from remediate.snapshots.tables import PUBLIC, Name, Table, Writer

# What an INSERT meets where a key or its sequence is broken (PostgreSQL, appendix A).
# no value, no sequence, a value that exists, a sequence at its end, a value beyond the type
OF_KEYS = {"23502", "42P01", "23505", "2200H", "22003"}
# What a made-up row may meet rightly: a row that exists, or that is not there to refer to; and the
# end of LONGEST.
UNRELATED = {"23505", "23503", "57014"}
NOBODY = "remediate_probe"  # a role with no rights but those of PUBLIC
LONGEST = "10s"  # that triggers may take
_NUMBER = MANY  # of a row beside the boundary rows, which count from 1
_GIVEN = "32003"  # an id that every integer type holds


class Place(NamedTuple):
    """By what an INSERT is known again."""

    table: Name
    column: str
    relation: Name
    role: str
    given: bool


_Met = psycopg.errors.Diagnostic


@dataclass(frozen=True, slots=True)
class Attempt:
    """An INSERT without what the database fills."""

    table: Table
    column: str  # the key that it leaves out; "" where it leaves out none
    writer: Writer
    values: tuple[tuple[str, str], ...] = ()  # of other columns, as SQL
    given: bool = False  # the key is among them: the application makes it
    overriding: bool = False  # even where the database would not let it

    @property
    def place(self) -> "Place":
        """Of the same INSERT, before and after a revision."""
        writer = self.writer
        return Place(self.table.name, self.column, writer.relation, writer.role, self.given)

    @property
    def by_owner(self) -> bool:
        """Whether it is the owner's, into the table itself."""
        return self.writer == Writer(self.table.owner, self.table.name)

    def with_key(self, type_: str) -> "Attempt":
        """The same by an application that makes the key."""
        key = "gen_random_uuid()" if type_ == "uuid" else _GIVEN
        return replace(self, values=(*self.values, (self.column, key)), given=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an INSERT gave: an id, or PostgreSQL's refusal."""

    writer: Writer
    id: str | None  # "" where it works, and leaves no row with such a column
    sqlstate: str = ""
    refusal: str = ""
    of_key: bool = False  # the key is missing, or its CHECK refuses it; nothing else was looked at
    in_the_way: str = ""  # what refused the row until it was taken away
    unclear: bool = False  # nothing follows from the refusal
    met: str = ""  # SQLSTATE, as an application sends it
    elsewhere: bool = False  # met in a function: of a trigger, of a default
    where: str = ""  # which function, as PostgreSQL says it
    foreign_key: str = ""  # the constraint that refused it then
    changes: tuple[Change, ...] = ()  # that were tried with the row; () where none were

    @property
    def works(self) -> bool:
        return self.id is not None

    @property
    def lacks_key(self) -> bool:
        """Whether it meets what a broken key, or a broken sequence, meets."""
        known = self.of_key if self.sqlstate == "23502" else self.sqlstate in OF_KEYS
        return known and not self.unclear

    @property
    def tells(self) -> bool:
        """Whether it works, or meets what a repair of the key takes away."""
        denied = self.sqlstate == "42501" and bool(self.writer.lacks)
        return self.works or self.lacks_key or denied

    @property
    def plain(self) -> bool:
        """Whether it works as an application sends it."""
        return self.works and not self.in_the_way


def writers_of(table: Table) -> tuple[Writer, ...]:
    """The owner, and everybody else who may insert, through relations that take a plain INSERT."""
    return (Writer(table.owner, table.name), *(w for w in table.writers if w.insertable))


def made_up(connection: psycopg.Connection, table: Table, column: str) -> Mapping[str, str]:
    """Values for a row of the table, which meet its CHECKs where that can be."""
    found = literals(connection, table.name, column, _NUMBER)
    if found is None:
        found = required_values(connection, table.name, column, _NUMBER, defaulted=False)
    placed = within(connection, table.name) if table.partitioned else {}
    return {**found, **{name: value for name, value in placed.items() if name != column}}


def attempts(
    connection: psycopg.Connection, table: Table, column: str, made_up: Mapping[str, str]
) -> tuple[Attempt, ...]:
    """The INSERTs into a table without this column, with these values for others."""
    found = []
    for writer in writers_of(table):
        values = {**made_up}
        if writer.relation != table.name:
            there = _names(connection, "column_types", str(writer.relation))
            values = {name: value for name, value in made_up.items() if name in there}
        found.append(Attempt(table, column, writer, tuple(values.items())))
    return tuple(found)


def insert(
    connection: psycopg.Connection, attempt: Attempt, known: Positions = MappingProxyType({})
) -> Outcome:
    """Try it, and what its table's owner may do with the row.

    Sequences that are `known` stand where they stood afterwards. The connection must belong to a
    superuser, outside a transaction.
    """
    plain = _thrown_away(connection, attempt, known, cleared=False)
    if plain.works or plain.of_key or attempt.given or not attempt.column:
        return plain
    try:
        cleared = _thrown_away(connection, attempt, known, cleared=True)
    except psycopg.Error:  # something cannot be taken away
        return replace(plain, unclear=True)
    return replace(
        cleared, in_the_way=plain.refusal, met=plain.met, elsewhere=plain.elsewhere,
        where=plain.where, foreign_key=plain.foreign_key,
    )  # fmt: skip


def _thrown_away(
    connection: psycopg.Connection, attempt: Attempt, known: Positions, *, cleared: bool
) -> Outcome:
    with connection.transaction(force_rollback=True):
        connection.execute(PREPARE.encode())
        statement = _cleared(connection, attempt) if cleared else _plain(connection, attempt)
        outcome = _tried(connection, attempt, statement)
        if outcome.works and attempt.by_owner and not cleared:
            changes = row_changes.tried(connection, attempt.table)
            outcome = replace(outcome, changes=changes)
        drawn = positions.drawn(connection) if known else ()
    positions.restore(connection, drawn, known)
    return outcome


# Ids that this session drew ahead (CACHE) are forgotten; the transaction gets its id before the
# savepoint in which the row is added.
PREPARE = (
    f"DISCARD SEQUENCES; DISCARD PLANS; SELECT pg_current_xact_id(); "
    f"SET LOCAL statement_timeout = '{LONGEST}'"
)


def _tried(connection: psycopg.Connection, attempt: Attempt, statement: str) -> Outcome:
    writer = attempt.writer
    role = NOBODY if writer.role == PUBLIC else writer.role
    as_role = f"SET LOCAL ROLE {ident(role)}; {statement}; SET CONSTRAINTS ALL IMMEDIATE"
    try:
        with connection.transaction():
            connection.execute(as_role.encode())
    except psycopg.Error as error:
        missing = error.sqlstate == "23502" and _is_key(connection, attempt, error.diag)
        missing |= error.sqlstate == "23514" and _is_of_key(connection, attempt, error.diag)
        reason, state = str(error).splitlines()[0], error.sqlstate or ""
        fk = error.diag.constraint_name if state == "23503" else ""
        return Outcome(
            writer, None, state, reason, of_key=missing, met=state,
            elsewhere=bool(error.diag.context), where=_function(error), foreign_key=fk or "",
        )  # fmt: skip
    return Outcome(writer, _generated(connection, attempt))


def _function(error: psycopg.Error) -> str:
    return next(iter((error.diag.context or "").splitlines()[-1:]), "")


def _is_key(connection: psycopg.Connection, attempt: Attempt, met: _Met) -> bool:
    """Whether it is the column of the table, and none that a rule or a trigger fills elsewhere."""
    if met.column_name != attempt.column:
        return False
    where, table = Name(met.schema_name or "", met.table_name or ""), attempt.table.name
    parts = fetch(connection, __package__, "partitions", str(table))
    return where == table or where in (Name(*row) for row in parts)


def _is_of_key(connection: psycopg.Connection, attempt: Attempt, met: _Met) -> bool:
    """Whether the CHECK that was violated is about this column alone."""
    table = Name(met.schema_name or "", met.table_name) if met.table_name else attempt.table.name
    return is_of_key(connection, table, attempt.column, met.constraint_name or "")


def _plain(connection: psycopg.Connection, attempt: Attempt) -> str:
    values = parents.referring(connection, attempt.table.name, dict(attempt.values))
    return _insert(attempt.writer.relation, values, overriding=attempt.overriding)


def _cleared(connection: psycopg.Connection, attempt: Attempt) -> str:
    """Only the other members of a composite key get values: all else can be left out."""
    table, writer = attempt.table, attempt.writer
    _clear_the_way(connection, table, attempt.column, writer)
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


def _generated(connection: psycopg.Connection, attempt: Attempt) -> str:
    """The id of the row that was added; RETURNING would need a right to SELECT."""
    connection.execute("RESET ROLE")
    if not attempt.column:
        return ""
    query = (
        f"SELECT {ident(attempt.column)}::text FROM {attempt.table.name.sql} "
        f"WHERE {row_changes.ADDED}"
    )
    row = connection.execute(query.encode()).fetchone()
    return str(row[0]) if row else ""


def _clear_the_way(
    connection: psycopg.Connection, table: Table, column: str, writer: Writer
) -> None:
    """Take away what else could refuse the row: other columns, checks, references, policies."""
    if writer.role != PUBLIC:
        schemas = ", ".join({ident(table.name.schema), ident(writer.relation.schema)})
        grant = f"GRANT USAGE ON SCHEMA {schemas} TO {ident(writer.role)}"
        connection.execute(grant.encode())
    name, alter = str(table.name), f"ALTER TABLE {table.name.sql}"
    # NOT NULL and CHECK of a parent cannot be taken from its child.
    for schema, parent, partition in fetch(connection, __package__, "parents", name):
        above = Name(schema, parent).sql
        connection.execute(
            f"ALTER TABLE {above} DETACH PARTITION {table.name.sql}".encode()
            if partition
            else f"{alter} NO INHERIT {above}".encode()
        )
    actions = [
        *(
            f"ALTER {ident(c)} DROP NOT NULL"
            for c in _names(connection, "required_columns", name, column)
        ),
        *(f"DROP CONSTRAINT {ident(c)}" for c in _names(connection, "checks", name)),
        *(f"DISABLE RULE {ident(r)}" for r in _names(connection, "rules", name)),
        "DISABLE ROW LEVEL SECURITY",
    ]
    connection.execute(f"{alter} {', '.join(actions)}".encode())
    if any(row[0] for row in fetch(connection, __package__, "needs_partition", name)):
        rest = Name(table.name.schema, "remediate_rest").sql
        connection.execute(f"CREATE TABLE {rest} PARTITION OF {table.name.sql} DEFAULT".encode())
    connection.execute("SET LOCAL session_replication_role = replica")


def _names(connection: psycopg.Connection, query: str, *parameters: str) -> list[str]:
    return [row[0] for row in fetch(connection, __package__, query, *parameters)]
