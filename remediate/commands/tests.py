"""`remediate tests`: tests of the repaired keys and references, for the project to keep."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from remediate.config import Config
from remediate.errors import Refused, UsageProblem
from remediate.postgres import client
from remediate.project import history
from remediate.project.inspection import ProjectReading, Reading, read
from remediate.rehearsal import row_values
from remediate.render import project_tests
from remediate.snapshots.tables import Name
from remediate.system import atomic
from remediate.verification.cases import Cases, LeftOut, Row, Untestable, cases, in_a_circle, row

HOME = Path("tests", "test_database_keys.py")


@dataclass(frozen=True, slots=True)
class Written:
    """The module, and what it does not test."""

    path: Path
    cases: Cases
    waiting: tuple[str, ...]  # revisions that have not run here


@dataclass(frozen=True, slots=True)
class TestsOptions:
    """Where the tests are written, and where they find their database."""

    output: Path | str | None = None
    """The file; None: tests/test_database_keys.py of the project."""
    url_variable: str = "DATABASE_URL"
    """Environment variable that names the database of the tests."""


def tests(config: Config, options: TestsOptions = TestsOptions()) -> Written:
    """Write a module of tests: an INSERT for each key that the applied revisions repaired.

    Reads the database, writes nothing to it. Raises UsageProblem where no revision that was
    applied repairs anything, Refused where the file is somebody else's.
    """
    variable = options.url_variable
    if not variable.isidentifier():
        raise UsageProblem(f"{variable!r} is no name for an environment variable")
    reading = read(config)
    if not isinstance(reading, ProjectReading):
        raise UsageProblem(
            "there is no Alembic project here", "Run it in the folder of alembic.ini."
        )
    project, environment = reading.project, reading.environment
    ids, waiting = history.repaired(project.script, environment.heads, environment.engine)
    found, rows = _testable(cases(ids, reading.live, reading.declared), reading)
    if not found.tables:
        raise UsageProblem(
            "no revision that was applied to this database repairs a key or a reference",
            f"Run: alembic upgrade heads ({', '.join(waiting)} wait)" if waiting
            else "Run: remediate generate, then alembic upgrade heads.",
        )  # fmt: skip
    path = Path(options.output or project.home / HOME)
    if path.exists() and not _is_ours(path):
        raise Refused(
            f"{path} is not as `remediate tests` wrote it", "Move it away, or choose another: -o."
        )
    text = project_tests.render(found, rows, variable, asynchronous=_is_async(variable))
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.replace(path, text)
    return Written(path, found, tuple(waiting))


def _is_ours(path: Path) -> bool:
    try:
        return project_tests.is_ours(atomic.read(path))
    except (OSError, UnicodeDecodeError):
        return False


def _testable(cases: Cases, reading: Reading) -> tuple[Cases, dict[Name, Row]]:
    """Those of which a row can be made up, and these rows, each after its parents."""
    rows: dict[Name, Row] = {}
    with client.connect(reading.libpq) as connection, row_values.reading(connection):
        keys = {key.table: key.column for key in cases.keys}
        todo = list(cases.tables)
        unknown = set()
        while todo:
            table = todo.pop()
            values = row_values.literals(connection, table, keys.get(table, ""))
            if values is None:
                unknown.add(table)
            rows[table] = row(table, values or {}, reading.live)
            todo += [parent for parent in rows[table].parents if parent not in rows]
    circles = {table for table in rows if in_a_circle(table, rows)}
    sound = {t for t in rows if not {t, *_above(t, rows, circles)} & (unknown | circles)}
    left_out = [LeftOut(table, Untestable.NO_ROW) for table in cases.tables if table not in sound]
    kept = Cases(
        tuple(k for k in cases.keys if k.table in sound),
        tuple(fk for fk in cases.references if fk.table in sound),
        (*cases.left_out, *left_out),
    )
    needed = {t for table in kept.tables for t in (table, *_above(table, rows, circles))}
    return kept, {table: rows[table] for table in sorted(needed)}


def _above(table: Name, rows: dict[Name, Row], circles: Iterable[Name]) -> set[Name]:
    """Every table in which a row must stand before."""
    parents = () if table in circles else rows[table].parents
    return set(parents).union(*(_above(parent, rows, circles) for parent in parents))


def _is_async(variable: str) -> bool:
    """Whether the project's own URL names a driver that only works so."""
    try:
        return sa.make_url(os.environ.get(variable, "")).get_driver_name() == "asyncpg"
    except sa.exc.ArgumentError:
        return False
