"""Whether each table takes a row now: a real INSERT, taken back, without plan or revisions."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from remediate.findings.finding import Place
from remediate.postgres.client import Connection
from remediate.postgres.sql import regclass
from remediate.rehearsal import row_values
from remediate.rehearsal.column_values import holds, required_values
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Generator, Name, Table
from remediate.verification.cases import row
from remediate.verification.live_probe import TIMEOUTS, Probe, got_key
from remediate.verification.observations import NoParent, Refused, Seen
from remediate.verification.result import Outcome, Verified

_NUMBER = 30013  # of the made-up row: few rows that are there have such values
_OUTCOMES = {True: Outcome.OK, False: Outcome.FAILED, None: Outcome.UNVERIFIED}


@dataclass(frozen=True, slots=True)
class Keys:
    """What rules find of keys that nothing fills."""

    unfilled: Mapping[Name, str]  # table to column: likely, or proven
    doubted: frozenset[Name]  # tables: the application may fill it


def check(connection: Connection, table: Table, live: Live, keys: Keys) -> Verified:
    """One table. The key that nothing fills, and that rules find, is left out of its row.

    References lead to rows that are there; ROW EXCLUSIVE is waited for 2 s at most.
    """
    left_out = keys.unfilled.get(table.name, "")
    key = _key(table, left_out)
    shown = _tried(connection, table, key, left_out, live)
    if shown.works and key is None and table.key:  # the row had one of its own
        doubted = table.name in keys.doubted
        seen = Seen.KEY_SUPPLIED if doubted else Seen.INSERT_WORKS_WITH_KEY
        shown = Probe(None if doubted else True, seen)
    outcome = _OUTCOMES[shown.works]
    facts, problems = ((shown.seen,), ()) if outcome is Outcome.OK else ((), (shown.seen,))
    return Verified("", Place(table.name), outcome, facts, problems)


def _key(table: Table, left_out: str) -> Column | None:
    """The column that the database has to fill; None where it fills none."""
    columns = (table.column(name) for name in table.key if table.has(name))
    found = (c for c in columns if c.generator is not Generator.NOTHING or c.name == left_out)
    return next(found, None)


def _tried(
    connection: Connection, table: Table, key: Column | None, left_out: str, live: Live
) -> Probe:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(TIMEOUTS)
            values = row_values.literals(connection, table.name, left_out, _NUMBER)
            if values is None:
                values = required_values(connection, table.name, left_out, defaulted=False)
            made = row(table.name, values, live)
            for parent in made.parents:
                if not holds(connection, f"EXISTS (SELECT FROM {parent.sql})"):
                    return Probe(None, NoParent(parent))
            connection.execute(made.statement.encode())
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except psycopg.Error as error:
        works = _got_key(connection, error, table, key)
        return Probe(works, Refused(works, str(error).splitlines()[0], str(error.sqlstate)))
    return Probe(works=True, seen=Seen.INSERT_WORKS)


def _got_key(
    connection: Connection, error: psycopg.Error, table: Table, key: Column | None
) -> bool | None:
    """None where the database fills no key, and where the role may not INSERT here at all."""
    may = f"has_any_column_privilege({regclass(*table.name)}, 'INSERT')"
    if key is None or (error.sqlstate == "42501" and not holds(connection, may)):
        return None
    return got_key(connection, error, table, key)
