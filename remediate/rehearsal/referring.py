"""Rows that refer to a key by the columns that a revision converts, sent as an application does.

An INSERT that leaves such a column out shows nothing of a trigger that looks at its value.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import psycopg

from remediate.postgres import client
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal
from remediate.rehearsal import positions, probe, row_changes
from remediate.rehearsal.attempt import Attempt
from remediate.rehearsal.positions import Positions
from remediate.rehearsal.references import Reference
from remediate.rehearsal.result import Defect
from remediate.rehearsal.row_changes import Change, Statement
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name, Table, Writer

# What optional columns hold, by pg_type.typcategory, so that conditions on them are met.
_OPTIONAL = {"S": "'1'", "N": "1", "B": "true", "D": "'2000-01-01'"}


class Deed(NamedTuple):
    """A change of rows, known again after the upgrade."""

    verb: str  # INSERT, UPDATE or DELETE
    table: Name
    column: str  # that refers, or is referred to
    of_new: bool  # of the row that was added; else of those that were there


Deeds = Mapping[Deed, Change]


def tried(connection: client.Connection, live: Live, references: Sequence[Reference]) -> Deeds:
    """What the owners may do with rows that refer to a key, and with the rows that have it.

    The connection must belong to a superuser, outside a transaction.
    """
    known = positions.read(connection) if references else {}
    found: dict[Deed, Change] = {}
    for one in references:
        table, parent = live.table_of.get(one.table), live.table_of.get(one.target)
        if table and parent and one.keys and len(one.columns) == 1:
            found |= _added(connection, table, one, known)
            found |= _changed(connection, (table, parent), one, known)
    return found


def _added(
    connection: client.Connection, table: Table, of: Reference, known: Positions
) -> Iterator[tuple[Deed, Change]]:
    """An INSERT with the key as a literal, and what becomes of its row."""
    (column,) = of.columns
    values = {**probe.made_up(connection, table, column), column: literal(of.keys[0])}
    owner = Writer(table.owner, table.name)
    outcome = probe.insert(
        connection, Attempt(table, "", owner, tuple(values.items()), given=True), known
    )
    refusal = "; ".join(filter(None, (outcome.refusal, outcome.where)))
    added = Change("INSERT", of_new=True, sqlstate=outcome.sqlstate, refusal=refusal)
    for change in (added, *(c for c in outcome.changes if c.of_new)):
        yield Deed(change.verb, table.name, column, of_new=True), change


def _changed(
    connection: client.Connection, pair: tuple[Table, Table], of: Reference, known: Positions
) -> Iterator[tuple[Deed, Change]]:
    """Changes of the rows that are there, with values in optional columns: both sides."""
    table, parent = pair
    own, key = of.columns[0], of.target_columns[0]
    with connection.transaction(force_rollback=True):
        connection.execute(probe.PREPARE.encode())
        for one, column, value in (
            (table, own, literal(of.keys[-1])),
            (parent, key, ident(key)),
        ):
            _fill(connection, one.name, column)
            update = f"UPDATE {one.name.sql} SET {ident(column)} = {value}"
            for verb, statement in (("UPDATE", update), ("DELETE", f"DELETE FROM {one.name.sql}")):
                made = Statement(Change(verb, of_new=False), one.owner, statement)
                sent = row_changes.sent(connection, made)
                yield Deed(verb, one.name, column, of_new=False), sent
            # Then nothing refers to the parents, and no foreign key keeps them.
            _unwatched(connection, f"DELETE FROM {table.name.sql}")
        drawn = positions.drawn(connection)
    positions.restore(connection, drawn, known)


def _fill(connection: client.Connection, name: Name, key: str) -> None:
    """Put values where there are none, but for the key."""
    for column, category in fetch(connection, __package__, "optional_columns", str(name)):
        value = _OPTIONAL.get(category)
        if value is not None and column != key:
            empty = f"{ident(column)} IS NULL"
            _unwatched(connection, f"UPDATE {name.sql} SET {ident(column)} = {value} WHERE {empty}")


def _unwatched(connection: client.Connection, statement: str) -> None:
    """Run it without foreign keys and triggers, where it goes through."""
    try:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            connection.execute(statement.encode())
            connection.execute("SET LOCAL session_replication_role = origin")
    except psycopg.Error:
        return


def worse(before: Deeds, after: Deeds, file: str) -> Iterator[Defect]:
    """What went through before the upgrade, and does no more."""
    told: set[tuple[str, Name]] = set()
    for deed, change in after.items():
        known = before.get(deed)
        fails = change.refusal and change.sqlstate not in probe.UNRELATED
        if known is None or known.refusal or not fails or (deed.verb, deed.table) in told:
            continue
        told.add((deed.verb, deed.table))
        what = f"{deed.verb} of a row of {deed.table} with {deed.column} fails after the upgrade"
        evidence = f"{change.refusal} ({change.sqlstate})"
        yield Defect(f"{deed.verb}_BREAKS", what, evidence, _TAKE_BOTH, file)


_TAKE_BOTH = (
    "first make the triggers that fire, their functions, and what these write accept the "
    "column as it is now and as it will be"
)
