"""Upgrades that fail by what made-up rows hold: the same once more, where these rows are gone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto

import psycopg

from remediate.postgres import client
from remediate.postgres.sql import ident, literal
from remediate.rehearsal import null_rows, publications
from remediate.rehearsal.candidate import Before, Candidate, Trial
from remediate.rehearsal.result import Run, Statement
from remediate.snapshots.tables import Table

IN_TRANSACTION = "25001"  # what cannot run in a transaction, as each does when run apart
_MANY = 20  # rows; of a table no more than a few are made up
_OF_VALUES = ("22", "23")  # classes of SQLSTATEs: data exceptions, and violated constraints
# Errors of Python that no value makes.
_OF_CODE = re.compile(
    r"^(?:NameError|UnboundLocalError|ImportError|ModuleNotFoundError|SyntaxError|IndentationError|"
    r"NotImplementedError):"
)
_NOT_OF_NONE = re.compile(r"^AttributeError: (?!'NoneType')")
_KEY = re.compile(r"Key \((.+?)\)=")
_COLUMN = re.compile(r'null value in column "(.+)" of relation')
_LISTED = re.compile(r"^\s*INSERT\s+INTO\s+[^\s(]+\s*\(([^)]*)\)", re.IGNORECASE)


class Verdict(Enum):
    """What the live database says of the rows that a failing statement meets."""

    FIT = auto()
    REFUSED = auto()
    UNKNOWN = auto()


def failing(up: Run) -> Statement | None:
    """The statement by which rows may have made it fail: it failed itself, or was read before."""
    if up.timed_out or not up.statements:
        return None
    last = next((s for s in reversed(up.statements) if s.number), None)
    if last is None:
        return None
    if last.failed or up.failed_sql:
        return last if last.sqlstate.startswith(_OF_VALUES) else None
    read = next((s for s in reversed(up.statements) if s.is_select and s.rows > 0), None)
    code = _OF_CODE.search(up.failure) or _NOT_OF_NONE.search(up.failure)
    return None if code or up.meant else read


def certain(up: Run) -> bool:
    """Whether an INSERT meets an id that made-up rows have from the database, or lacks a value."""
    failed = up.errors[-1] if up.errors else None
    if failed is None or not up.failed_sql:
        return False
    column, listed = _COLUMN.search(failed.message), _LISTED.search(failed.sql)
    if column and listed:
        names = [name.strip().strip('"') for name in listed[1].split(",")]
        return column[1] not in names
    key = _KEY.search(failed.detail) if failed.sqlstate == "23505" else None
    return bool(key and listed and "_pkey" in failed.message)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Rows of a table that are made up for a rehearsal."""

    table: Table
    condition: str


def rows(trial: Trial, up: Run, before: Before) -> list[MadeUp]:
    """Those of the tables that an upgrade names: the database has rows with their ids."""
    words = {word for s in up.statements for word in re.findall(r"\w+", s.sql)}
    named = [t for t in before.state.live.tables if t.key and t.name.name in words]
    return [one for table in named if (one := _rows(table, trial))]


def _rows(table: Table, trial: Trial) -> MadeUp | None:
    keys = ", ".join(f"{ident(each)}::text" for each in table.key)
    query = f"SELECT {keys} FROM {table.name.sql} LIMIT {_MANY}"
    found = trial.stage.superuser.execute(query.encode()).fetchall()
    there = [row for row in found if null_rows.is_there(table, row, trial.stage.live)]
    listed = ", ".join(f"({', '.join(map(literal, row))})" for row in there)
    return MadeUp(table, f"({keys}) IN ({listed})") if there else None


def without(found: list[MadeUp], candidate: Candidate, trial: Trial, before: Before) -> Run | None:
    """The upgrade once more, each statement by itself, without these rows; None: they stay."""
    try:
        with _absent(trial.stage.superuser, found, before):
            return trial.run(candidate, "upgrade", apart=True)
    except psycopg.Error:
        return None


@contextmanager
def _absent(connection: client.Connection, found: list[MadeUp], before: Before) -> Iterator[None]:
    """Without these rows, which are there again afterwards."""
    kept = [(one, f"pg_temp.made_up_{number}") for number, one in enumerate(found)]
    for one, name in kept:
        rows = f"SELECT * FROM {one.table.name.sql} WHERE {one.condition}"
        connection.execute(f"CREATE TEMP TABLE {name.partition('.')[2]} AS {rows}".encode())
    try:
        _delete(connection, found)
        try:
            yield
        finally:
            _as_replica(connection, [_back(one, name, before) for one, name in kept])
    finally:
        for _, name in kept:
            connection.execute(f"DROP TABLE {name}".encode())


def _back(one: MadeUp, kept: str, before: Before) -> str:
    columns = [c for table, c in before.columns.values() if table == one.table.name]
    names = ", ".join(map(ident, columns))
    into = f"INSERT INTO {one.table.name.sql} ({names}) OVERRIDING SYSTEM VALUE"
    return f"{into} SELECT {names} FROM {kept}"


def _delete(connection: client.Connection, found: list[MadeUp]) -> None:
    statements = [f"DELETE FROM {one.table.name.sql} WHERE {one.condition}" for one in found]
    _as_replica(connection, statements)


def _as_replica(connection: client.Connection, statements: list[str]) -> None:
    with publications.silent(connection), connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            connection.execute(statement.encode())


def fails_alike(up: Run, bare: Run) -> bool:
    """Whether the same error comes without any made-up row."""
    if up.failed_sql and up.errors:
        last = up.errors[-1]
        return any((s.sql, s.sqlstate) == (last.sql, last.sqlstate) for s in bare.errors)
    kinds = (up.failure.partition(":")[0], bare.failure.partition(":")[0])
    return kinds[0] == kinds[1] and up.failure_line == bare.failure_line


def verdict(candidate: Candidate, trial: Trial, up: Run) -> Verdict:
    """What the live database says of what the failing statement declares."""
    if candidate.rows is None or not up.failed_sql:
        return Verdict.UNKNOWN
    from remediate.rehearsal import fitting  # noqa: PLC0415  (SQL's parser takes 0.1 s to import)

    asked = fitting.asked(candidate.rows, up.statements, trial.stage.live)
    if any(one.verdict is fitting.Verdict.IN_THE_WAY for one in asked):
        return Verdict.REFUSED
    last = [one.verdict for one in asked if one.statement is up.errors[-1]]
    return Verdict.FIT if last and {*last} == {fitting.Verdict.FIT} else Verdict.UNKNOWN


def removed(found: list[MadeUp], trial: Trial) -> bool:
    """Take these rows away for good, where rows of the database were shown to fit."""
    try:
        _delete(trial.stage.superuser, found)
    except psycopg.Error:
        return False
    return True


def reason(up: Run) -> str:
    """Why the failure shows nothing."""
    failed = failing(up)
    if failed is None:
        return ""
    place = f"statement {failed.number}, on line {failed.line},"
    met = (
        f"fails by values of made-up rows ({failed.sqlstate})"
        if failed.failed
        else "reads made-up rows, and upgrade() fails by their values "
        f"({up.failure.partition(':')[0]}, on line {up.failure_line})"
    )
    return f"{place} {met}; the database has others, which a rehearsal does not copy"
