"""The Alembic project: its configuration, and its env.py as the way to connection and models."""

import contextlib
import logging
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic.config import CommandLine, Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from remediate.connections import database_problem
from remediate.errors import RemediateError, UsageProblem
from remediate.schema import Name
from remediate.secrets import scrub
from remediate.streams import stdout_to_stderr

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Project:
    """An Alembic project that was found, not yet run."""

    config: Config
    folder: Path  # env.py is run from here
    script: ScriptDirectory


@dataclass(frozen=True, slots=True)
class Environment:
    """What env.py told about its database."""

    heads: tuple[str, ...]  # revisions the database is at
    metadatas: tuple[sa.MetaData, ...]
    version_table: Name  # its schema is "" where env.py names none
    upgrade_token: str
    downgrade_token: str


def discover(
    config: str | None = None, name: str = "alembic", x: tuple[str, ...] = ()
) -> Project | None:
    """The project that `alembic` itself would find, or None where there is none to find.

    Raises UsageProblem for a configuration that was named but is not usable.
    """
    given = config or os.environ.get("ALEMBIC_CONFIG")
    file = Path(given or "alembic.ini").resolve()
    toml = file if file.suffix == ".toml" else file.with_name("pyproject.toml")
    ini = None if file == toml or not file.exists() else str(file)
    if given and not file.exists():
        raise UsageProblem(f"there is no {given}", "Name the project's alembic.ini with --config.")
    arguments = [*(a for value in x for a in ("-x", value)), "current"]
    alembic_config = Config(
        file_=ini,
        toml_file=str(toml) if toml.exists() else None,
        ini_section=name,
        cmd_opts=CommandLine().parser.parse_args(arguments),
    )
    if alembic_config.get_alembic_option("script_location") is None:
        if given:
            raise UsageProblem(
                f"{given} names no script_location",
                "Is it the configuration of an Alembic project?",
            )
        return None
    with _problems_of_the_project():
        return Project(alembic_config, file.parent, ScriptDirectory.from_config(alembic_config))


def run(project: Project, work: Callable[[MigrationContext, Environment], T]) -> T:
    """Call `work` from inside env.py, on the connection that it opened.

    No migration runs and no version table is made. Logging and standard output are as before
    afterwards, whatever env.py does to them.
    """
    results: list[T] = []

    def instead_of_migrations(heads: tuple[str, ...], context: MigrationContext) -> list[object]:
        results.append(work(context, _environment(heads, context)))
        return []

    env = EnvironmentContext(
        project.config, project.script, fn=instead_of_migrations, dont_mutate=True
    )
    here = contextlib.chdir(project.folder)
    with _untouched_logging(), stdout_to_stderr(), here, _problems_of_the_project(), env:
        project.script.run_env()
    if len(results) != 1:
        raise UsageProblem(
            f"env.py opened {len(results)} databases; remediate works on one",
            "Choose one with -x or --name, as this project's env.py allows.",
        )
    return results[0]


def _environment(heads: tuple[str, ...], context: MigrationContext) -> Environment:
    metadata = context.opts.get("target_metadata")
    several = metadata if isinstance(metadata, (list, tuple)) else [metadata]
    return Environment(
        heads=heads,
        metadatas=tuple(m for m in several if m is not None),
        version_table=Name(context.version_table_schema or "", context.version_table),
        upgrade_token=context.opts["upgrade_token"],
        downgrade_token=context.opts["downgrade_token"],
    )


@contextlib.contextmanager
def _problems_of_the_project() -> Iterator[None]:
    """Whatever env.py or the configuration raises, as a sentence."""
    try:
        yield
    except RemediateError:
        raise
    except (sa.exc.DBAPIError, ConnectionError, TimeoutError, socket.gaierror) as error:
        raise database_problem(error, "the database that env.py names cannot be used") from error
    except CommandError as error:
        raise UsageProblem(scrub(str(error)), "Alembic says so; try: alembic current") from error
    except (Exception, SystemExit) as error:
        raise UsageProblem(
            f"env.py failed: {type(error).__name__}: {scrub(str(error))}",
            "Does `alembic current` work in this project, with this environment?",
        ) from error


@contextlib.contextmanager
def _untouched_logging() -> Iterator[None]:
    """env.py usually calls fileConfig(), which disables every logger and replaces handlers."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    loggers = [
        x for x in logging.Logger.manager.loggerDict.values() if isinstance(x, logging.Logger)
    ]
    states = [(x, x.disabled, x.level, x.handlers[:], x.propagate) for x in loggers]
    try:
        yield
    finally:
        root.handlers[:], root.level = handlers, level
        for logger, disabled, its_level, its_handlers, propagate in states:
            logger.disabled, logger.level, logger.propagate = disabled, its_level, propagate
            logger.handlers[:] = its_handlers
