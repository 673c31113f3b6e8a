"""`remediate tests`: tests of repaired keys, and of every reference, for the project to keep."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from remediate.catalog import reference_defaults, structure
from remediate.catalog.session import configure, read_only
from remediate.commands.hotfixes import repaired_here
from remediate.commands.made_up import MadeUp, made_up
from remediate.config import Config
from remediate.errors import Refused, UsageProblem
from remediate.findings import selection
from remediate.findings.finding import Place
from remediate.findings.marks import place_of
from remediate.project.inspection import read_with
from remediate.project.reading import Opened, ProjectReading, Reading
from remediate.render import project_tests
from remediate.snapshots.tables import Name
from remediate.system import atomic, invocation
from remediate.verification.cases import Cases, LeftOut, Untestable, cases
from remediate.verification.delete_cases import (
    DeleteCase,
    Rows,
    Rule,
    case,
    is_partitioned,
    may_exist,
)

HOME = Path("tests", "test_database_keys.py")
MOST = 200  # references in a module: each of their tests makes up rows


@dataclass(frozen=True, slots=True)
class Written:
    """The module, and what it does not test."""

    path: Path
    cases: Cases
    deletes: tuple[DeleteCase, ...]
    waiting: tuple[str, ...]  # revisions that have not run here
    beyond: int = 0  # references that are not tested, since there are so many


@dataclass(frozen=True, slots=True)
class TestsOptions:
    """Where the tests are written, and where they find their database."""

    output: Path | str | None = None
    """The file; None: tests/test_database_keys.py of the project."""
    url_variable: str = "DATABASE_URL"
    """Environment variable that names the database of the tests."""


def tests(config: Config, options: TestsOptions = TestsOptions()) -> Written:
    """Write a module of tests: an INSERT for each key that the applied revisions repaired, and for
    each reference an unknown id and a DELETE of what it refers to.

    Reads the database, writes nothing to it. Raises UsageProblem where there is nothing to test,
    Refused where the file is somebody else's.
    """
    variable = options.url_variable
    if not variable.isidentifier():
        raise UsageProblem(f"{variable!r} is no name for an environment variable")
    reading, rules = read_with(config, _rules)
    if not isinstance(reading, ProjectReading):
        raise UsageProblem(
            "there is no Alembic project here", "Run it in the folder of alembic.ini."
        )
    inside = _inside(reading, config)
    of_scope = [rule for rule in rules if inside(rule.fk.table)]
    ids, waiting = repaired_here(reading, "No test was written.")
    repaired = cases([i for i in ids if _is_inside(i, inside)], reading.live, reading.declared)
    made = made_up(_with_references(repaired, of_scope[:MOST], reading), reading)
    found, deletes = _with_deletes(made, repaired, of_scope[:MOST], reading)
    upgrade = invocation.upgrade(len(reading.declared.history.tips))
    if not found.tables:
        raise UsageProblem(
            "no revision that this database has run repairs a key or a reference, and no "
            "foreign key can be tested",
            f"Run: {upgrade} ({', '.join(waiting)} {'waits' if len(waiting) == 1 else 'wait'})"
            if waiting
            else f"Run: {invocation.remediate('generate')}, then {upgrade}.",
        )
    path = Path(options.output or reading.project.home / HOME)
    if path.exists() and not _is_ours(path):
        raise Refused(
            f"{path} is not as `remediate tests` wrote it", "Move it away, or choose another: -o."
        )
    asynchronous = _is_async(variable)
    text = project_tests.render(found, deletes, made.rows, variable, asynchronous=asynchronous)
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.replace(path, text)
    return Written(path, found, deletes, tuple(waiting), max(0, len(of_scope) - MOST))


def _rules(opened: Opened) -> tuple[Rule, ...]:
    """Every reference that the database enforces, with its rule for a DELETE."""
    connection, live = opened.connection, opened.live
    enforced = [fk for fk in live.foreign_keys if fk.enforced]
    actions = structure.actions(connection)
    with read_only(connection):
        configure(connection)
        defaulting = [fk for fk in enforced if fk.on_delete == "SET DEFAULT"]
        omitted = reference_defaults.read(connection, defaulting)
    return tuple(
        Rule(fk, actions[fk.table, fk.name], omitted.get(fk.ends, ()))
        for fk in enforced
        if (fk.table, fk.name) in actions
    )


def _inside(reading: Reading, config: Config) -> Callable[[Name], bool]:
    named = selection.named(reading.live, config.table)
    return selection.speaks_of(reading.live, config.schema, named, reading.left_out.all)


def _is_inside(id_: str, inside: Callable[[Name], bool]) -> bool:
    table = place_of(id_)[1].table
    return table is None or inside(table)


def _with_references(repaired: Cases, rules: Sequence[Rule], reading: Reading) -> Cases:
    """What was repaired, and each other reference of a table that is not partitioned."""
    known = {(fk.table, fk.name): fk for fk in repaired.references}
    others = (rule.fk for rule in rules if not is_partitioned(rule.fk.table, reading.live))
    known |= {(fk.table, fk.name): fk for fk in others}
    return replace(repaired, references=tuple(known.values()))


def _with_deletes(
    made: MadeUp, repaired: Cases, rules: Sequence[Rule], reading: Reading
) -> tuple[Cases, tuple[DeleteCase, ...]]:
    """The cases of DELETE, and all others with the references of which there is none."""
    references, left_out = [], [*made.cases.left_out]
    for fk in made.cases.references:
        if fk not in repaired.references:
            if may_exist(fk.table, made.rows[fk.table].values, reading.live):
                continue  # which is said of its DELETE
            if any((fk.table, column) in made.checked for column in fk.columns):
                left_out.append(LeftOut(Place(fk.table, None, fk.name), Untestable.CHECKED))
                continue
        references.append(fk)
    tried = []
    for rule in rules:
        found = _delete(rule, made, reading)
        if isinstance(found, DeleteCase):
            tried.append(found)
        elif found is not Untestable.NO_ROW:  # which is said of its table
            left_out.append(LeftOut(Place(rule.fk.table, None, rule.fk.name), found, deletes=True))
    return replace(made.cases, references=tuple(references), left_out=tuple(left_out)), tuple(tried)


def _delete(rule: Rule, made: MadeUp, reading: Reading) -> DeleteCase | Untestable:
    fk = rule.fk
    if any(is_partitioned(name, reading.live) for name in (fk.table, fk.target)):
        return Untestable.PARTITIONED
    if not {fk.table, fk.target} <= made.sound:
        return Untestable.NO_ROW
    if fk.target not in made.others:
        return Untestable.NO_OTHER_ROW
    return case(rule, Rows(made.rows[fk.table], *made.others[fk.target]), reading.live)


def _is_ours(path: Path) -> bool:
    try:
        return project_tests.is_ours(atomic.read(path))
    except (OSError, UnicodeDecodeError):
        return False


def _is_async(variable: str) -> bool:
    """Whether the project's own URL names a driver that only works so."""
    try:
        return sa.make_url(os.environ.get(variable, "")).get_driver_name() == "asyncpg"
    except sa.exc.ArgumentError:
        return False
