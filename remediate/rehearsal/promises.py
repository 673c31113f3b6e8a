"""What a generated revision promises beyond breaking nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from remediate.plans.proof import Gap, Limit
from remediate.postgres.sql import ident
from remediate.rehearsal import publications, references
from remediate.rehearsal.attempt import OF_KEYS
from remediate.rehearsal.column_values import required_values
from remediate.rehearsal.new_keys import Key
from remediate.rehearsal.references import Reference
from remediate.rehearsal.result import Defect
from remediate.snapshots.tables import Column, Name, Table


@dataclass(frozen=True, slots=True)
class Repair:
    """A column that a revision repairs."""

    table: Table
    column: Column
    advances: bool = True  # the next id must lie beyond all others
    generates: bool = True  # afterwards the database fills it; False: the application still does
    ends: frozenset[str] = frozenset(OF_KEYS)  # SQLSTATEs that no INSERT meets afterwards


@dataclass(frozen=True, slots=True)
class Widened:
    """A column that becomes wider, and the highest value that it held before."""

    table: Name
    column: str
    highest: int


@dataclass(frozen=True, slots=True)
class Promises:
    """Keys that generate, references that hold, and ways back that refuse by announcement."""

    repairs: tuple[Repair, ...] = ()
    references: tuple[Reference, ...] = ()  # that hold afterwards; their rows come back
    widened: tuple[Widened, ...] = ()
    keys: tuple[Key, ...] = ()  # that tables without one get
    members: tuple[tuple[Name, str], ...] = ()  # of these: what fills them is no default
    keeps_rows: bool = True  # nobody decided that values are changed or rows deleted
    created: tuple[Repair, ...] = ()  # keys of new tables that the database fills
    new: tuple[Name, ...] = ()  # tables
    untried: tuple[Limit, ...] = ()  # what it repairs besides, and is not tried

    @property
    def tables(self) -> tuple[Name, ...]:
        """Those that are spoken of."""
        names = [repair.table.name for repair in self.generating]
        names += [reference.table for reference in self.references]
        return tuple(dict.fromkeys([*names, *self.new]))

    @property
    def generating(self) -> tuple[Repair, ...]:
        """The keys that are repaired, and those of new tables."""
        return (*self.repairs, *self.created)

    def members_of(self, table: Name) -> tuple[str, ...]:
        """The columns of its new key that an INSERT has to give, and had not to."""
        return tuple(column for name, column in self.members if name == table)

    def key_of(self, table: Name) -> tuple[str, ...]:
        """The columns of its new key; () where it gets none."""
        return next((columns for name, columns in self.keys if name == table), ())

    def of(self, table: Name) -> tuple[Repair, ...]:
        """The repairs of a table's columns, or its key where it is new."""
        return tuple(r for r in self.generating if r.table.name == table)


def not_enforced(
    connection: psycopg.Connection, promised: Sequence[Reference], file: str
) -> tuple[tuple[Defect, ...], tuple[Limit, ...]]:
    """References that take an unknown id; and those of which nothing is known.

    Made-up rows of the latter meet something else.
    """
    defects, untried = [], []
    for reference in (one for one in promised if one.constraint):
        refusal = references.refusal(connection, reference)
        if refusal.reason:
            of = reference.constraint
            met = Limit(Gap.REFERENCE_UNTRIED, reference.table, refusal.reason, constraint=of)
            untried.append(met)
        elif refusal.constraint != reference.constraint:
            what = f"{reference.constraint} of {reference.table} does not refuse an unknown id"
            taken = refusal.constraint or "PostgreSQL accepts the row"
            instead = "a foreign key that holds for new rows"
            defects.append(Defect("NOT_ENFORCED", what, taken, instead, file))
    return tuple(defects), tuple(untried)


@contextmanager
def outgrown(connection: psycopg.Connection, widened: Widened) -> Iterator[bool]:
    """A row with an id beyond the former type, gone afterwards; False where none can be made."""
    name, column = widened.table, widened.column
    made_up = required_values(connection, name, column, 8, defaulted=True)
    values = made_up | {column: str(widened.highest + 1)}
    insert = (
        f"INSERT INTO {name.sql} ({', '.join(map(ident, values))}) OVERRIDING SYSTEM VALUE "
        f"VALUES ({', '.join(values.values())})"
    )
    try:
        _as_replica(connection, insert)
    except psycopg.Error:
        yield False
        return
    try:
        yield True
    finally:
        beyond = f"{ident(column)}::numeric = {widened.highest + 1}"
        with publications.silent(connection):
            _as_replica(connection, f"DELETE FROM {name.sql} WHERE {beyond}")


def _as_replica(connection: psycopg.Connection, statement: str) -> None:
    """Run it without foreign keys and triggers."""
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(statement.encode())
