"""INSERTs into the tables that a revision touches, tried before and after it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from remediate.postgres import client
from remediate.rehearsal import default_parents, new_keys, positions, probe, row_values
from remediate.rehearsal.attempt import Attempt, Outcome, Place
from remediate.rehearsal.database import Stage
from remediate.rehearsal.default_parents import Parent
from remediate.rehearsal.promises import Promises
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Table
from remediate.system import stages
from remediate.system.words import counted

_OF_TYPES = ("22", "42804")  # SQLSTATEs of values that a type refuses
MOST = 300  # tables of a database that are all tried, whatever the revision names


@dataclass(frozen=True, slots=True)
class Tried:
    """An INSERT, and what it gave."""

    attempt: Attempt
    outcome: Outcome


Outcomes = Mapping[Place, Tried]


def named_tables(live: Live, text: str) -> tuple[Table, ...]:
    """The tables to try before a revision: those that its text names, or all of a few."""
    if len(live.tables) <= MOST:
        return live.tables
    words = set(re.findall(r"\w+", text))
    return tuple(t for t in live.tables if t.name.name in words)


def try_all(
    superuser: client.Connection,
    tables: Iterable[Table],
    promises: Promises,
    earlier: Outcomes = MappingProxyType({}),
) -> Outcomes:
    """What INSERTs without id give, as each role that may insert; with the values of `earlier`.

    Where the key is what they lack, also as an application that makes the key.
    """
    known_rows = (t.attempt for t in earlier.values() if not t.attempt.given)
    values = {
        (a.table.name, a.column): dict(a.values)
        for a in known_rows
        if a.writer.relation == a.table.name
    }
    places = [
        (table, column)
        for table in tables
        for column in (_left_out(table, promises) if table.partition_of is None else ())
    ]
    unknown = (table.name for table, column in places if (table.name, column) not in values)
    described = row_values.described(superuser, unknown)
    made: list[Attempt] = []
    for table, column in places:
        row: Mapping[str, str] | None = values.get((table.name, column))
        if row is None:
            row = _row(superuser, table, column, promises, described[table.name])
        made += probe.attempts(superuser, table, column, row)
    found = _try(superuser, made)
    keys = ((t.attempt, key_of(t.attempt.table)) for t in found.values() if t.outcome.of_key)
    return found | _try(superuser, (a.with_key(key.base_type) for a, key in keys if key))


def _row(
    superuser: client.Connection, table: Table, column: str, promises: Promises,
    known: row_values.Described | None = None,
) -> Mapping[str, str]:  # fmt: skip
    """Made-up values, those of a key to come among them: NULL there is no row that anybody uses."""
    row = probe.made_up(superuser, table, column, known)
    there = {*row, *promises.members_of(table.name)} - {column}
    members = there & {*promises.key_of(table.name)}
    return {**row, **new_keys.members(superuser, table, members, row)} if members else row


def try_again(superuser: client.Connection, known: Iterable[Tried]) -> Outcomes:
    """The same INSERTs once more."""
    return _try(superuser, (tried.attempt for tried in known))


def _try(superuser: client.Connection, attempts: Iterable[Attempt]) -> dict[Place, Tried]:
    made = [*attempts]
    if not made:
        return {}
    tables, known = (a.table.name for a in made), positions.read(superuser)
    around = probe.Surroundings.read(superuser, tables, known)
    what = f"INSERT as {counted(len({a.writer.role for a in made}), 'role')}"
    tried = stages.each(made, what)
    return {a.place: Tried(a, probe.insert_in(superuser, a, around)) for a in tried}


def with_new_values(
    superuser: client.Connection, before: Outcomes, after: Outcomes, promises: Promises
) -> Outcomes:
    """The INSERTs after an upgrade, of which those with values of a former type get others."""
    found = dict(after)
    for place, tried in after.items():
        earlier, outcome = before.get(place), tried.outcome
        refused = outcome.met or outcome.sqlstate
        if earlier and earlier.outcome.plain and refused.startswith(_OF_TYPES):
            row = _row(superuser, tried.attempt.table, tried.attempt.column, promises)
            values = tuple((name, row.get(name, value)) for name, value in tried.attempt.values)
            again = _try(superuser, [replace(tried.attempt, values=values)])
            found |= {p: t for p, t in again.items() if t.outcome.plain}
    return found


def with_parents(stage: Stage, before: Outcomes, after: Outcomes) -> Outcomes:
    """The INSERTs after an upgrade, of which those that met a foreign key meet the live rows.

    A default may refer to a row that the scratch copy, which has few, does not hold.
    """
    found = dict(after)
    for place, tried in after.items():
        earlier, outcome = before.get(place), tried.outcome
        if earlier is None or not earlier.outcome.plain or not outcome.foreign_key:
            continue
        parent = default_parents.lay(stage, tried.attempt.table.name, outcome.foreign_key)
        if parent is Parent.THERE:
            found |= _try(stage.superuser, [tried.attempt])
        elif parent is Parent.UNKNOWN:
            found[place] = replace(tried, outcome=replace(outcome, unclear=True))
    return found


def _left_out(table: Table, promises: Promises) -> tuple[str, ...]:
    """The columns of which an INSERT leaves out one; "" where it leaves out none."""
    if repairs := promises.of(table.name):
        return tuple(repair.column.name for repair in repairs)
    key = key_of(table)
    return (key.name if key else "",)


def key_of(table: Table) -> Column | None:
    """The key that something may generate."""
    key = table.single_key
    return key if key is not None and (key.is_integer or key.base_type == "uuid") else None
