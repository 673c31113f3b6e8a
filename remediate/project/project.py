"""Find the Alembic project, and run its env.py to reach its connection and models."""

import contextlib
import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic.config import CommandLine, Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from remediate.errors import UsageProblem
from remediate.postgres.client import texts_as_utf8
from remediate.project import configured as settings
from remediate.project import loading
from remediate.project.configuration import problems_of
from remediate.project.configured import Configured
from remediate.project.failures import problems_of_the_project, untouched_logging
from remediate.project.recovery import recover
from remediate.snapshots.declared import UnreadModule
from remediate.snapshots.tables import Name
from remediate.system.streams import stdout_to_stderr
from remediate.system.surroundings import remember_environment, remember_files

T = TypeVar("T")
_ONE_BODY = "upgrades"  # Alembic's own name for the one body of upgrade()


@dataclass(frozen=True, slots=True)
class Project:
    """An Alembic project, before its env.py runs."""

    config: Config
    folder: Path  # env.py is run from here
    script: ScriptDirectory

    @property
    def script_folder(self) -> Path:
        """The folder of env.py."""
        return Path(self.script.dir).resolve()


@dataclass(frozen=True, slots=True)
class Environment:
    """What env.py configures for one database."""

    engine: str  # the name in the upgrade token; "" if env.py opens only one database
    heads: tuple[str, ...]  # the revisions of the database
    metadatas: tuple[sa.MetaData, ...]
    version_table: Name  # its schema is "" if env.py sets none
    upgrade_token: str
    downgrade_token: str
    arguments: Mapping[str, object]  # env.py passes them to upgrade() and downgrade()
    unread: tuple[UnreadModule, ...] = ()  # the revision that does not load
    configured: Configured = field(default_factory=Configured)

    def plain_arguments(self, hint: str) -> Mapping[str, object]:
        """The arguments for a rehearsal: texts, numbers and None.

        Raises UsageProblem, with this hint, for a value of another type, such as a connection.
        """
        for name, value in self.arguments.items():
            if not isinstance(value, str | int | float | None):
                raise UsageProblem(
                    f"env.py hands a {type(value).__name__} to its revisions ({name}=), which a "
                    "rehearsal must not use: it could reach the live database",
                    hint,
                )
        return self.arguments


def discover(
    config: str | None = None, name: str = "alembic", x: tuple[str, ...] = ()
) -> Project | None:
    """The project that `alembic` itself would find; None if there is none.

    What a killed run left there half written is finished or removed first. Raises UsageProblem if
    the configuration that is named, or the alembic.ini that is there, is not usable.
    """
    given = config or os.environ.get("ALEMBIC_CONFIG")
    file = Path(given or "alembic.ini").resolve()
    toml = file if file.suffix == ".toml" else file.with_name("pyproject.toml")
    ini = None if file == toml or not file.exists() else str(file)
    if given and not file.exists():
        raise UsageProblem(f"there is no {given}", "Name the project's alembic.ini with --config.")
    remember_environment()
    remember_files(path for path in (file, toml, *file.parent.glob(".env*")) if path.is_file())
    arguments = [*(("-c", config) if config else ()), "-n", name]
    arguments += [*(a for value in x for a in ("-x", value)), "current"]
    with problems_of_the_project(), problems_of(given or file.name):
        alembic_config = Config(
            file_=ini,
            toml_file=str(toml) if toml.exists() else None,
            ini_section=name,
            cmd_opts=CommandLine().parser.parse_args(arguments),
        )
        location = alembic_config.get_alembic_option("script_location")
        if location is not None:
            script = ScriptDirectory.from_config(alembic_config)
            remember_files(Path(script.dir).glob("*.py"))
            recover(file.parent, script)
            return Project(alembic_config, file.parent, script)
    if given or ini:
        raise _no_location(alembic_config, given or file.name, name, sections=bool(ini))
    return None


def _no_location(config: Config, file: str, name: str, *, sections: bool) -> UsageProblem:
    if sections and not config.file_config.has_section(name):
        return UsageProblem(
            f"{file} has no section [{name}]",
            "Name one that it has: --name, or name in [tool.remediate].",
        )
    return UsageProblem(
        f"{file} names no script_location", "Is it the configuration of an Alembic project?"
    )


def run(
    project: Project, work: Callable[[MigrationContext, Environment], T], engine: str = ""
) -> tuple[T, tuple[sa.MetaData, ...]]:
    """Call `work` inside env.py, on the connection that it opens.

    If env.py opens several databases, `engine` is the name of the one to use. Returns the result
    of `work`, and the MetaData that env.py hands to Alembic for all databases. Raises UsageProblem
    if `engine` does not select exactly one database, or if env.py fails.
    """
    names: list[str] = []
    results: list[T] = []
    given: list[sa.MetaData] = []

    def one(context: MigrationContext, environment: Environment) -> None:
        names.append(engine_name(context))
        given.extend(environment.metadatas)
        if names[-1] == engine or (not engine and len(names) == 1):
            results.append(work(context, environment))

    visit(project, one)
    _check_one(names, engine)
    return results[0], tuple(given)


def visit(project: Project, work: Callable[[MigrationContext, Environment], None]) -> None:
    """Call `work` inside env.py for each database that it opens, one after the other.

    No migration runs, and no version table is created. The revisions are loaded before, as Alembic
    does. Logging and standard output are restored afterwards.
    """
    arguments: dict[str, object] = {}

    def instead_of_migrations(heads: tuple[str, ...], context: MigrationContext) -> list[object]:
        unread = loading.load(project.script, context)
        work(context, _environment(heads, context, {**arguments}, unread))
        return []

    def run_migrations(**given: Any) -> None:
        arguments.clear()
        arguments.update(given)
        with Operations.context(env.get_context()):  # a revision may ask it while it is loaded
            env.get_context().run_migrations(**given)

    env = EnvironmentContext(
        project.config, project.script, fn=instead_of_migrations, dont_mutate=True
    )
    # `alembic.context` proxies this instance, and would not see a subclass.
    env.run_migrations = run_migrations  # type: ignore[method-assign]
    here, utf8 = contextlib.chdir(project.folder), texts_as_utf8()
    problems = problems_of_the_project(project.config.config_file_name)
    with untouched_logging(), stdout_to_stderr(), utf8, here, problems, env:
        project.script.run_env()


@dataclass(frozen=True, slots=True)
class Offline:
    """What env.py gives to Alembic without a database."""

    metadatas: tuple[sa.MetaData, ...]
    unread: tuple[UnreadModule, ...]  # the revision that does not load


def offline(project: Project) -> Offline:
    """The MetaData that env.py hands to Alembic, read as in `alembic upgrade --sql`.

    No database is needed. Raises UsageProblem if env.py needs one, or would write files.
    """
    if project.config.file_config.get(project.config.config_ini_section, "databases", fallback=""):
        raise UsageProblem(
            "an env.py of several databases writes a file for each when it runs without them"
        )
    found: list[sa.MetaData] = []
    unread: list[UnreadModule] = []

    def instead_of_migrations(_: object, context: MigrationContext) -> list[object]:
        unread.extend(loading.load(project.script, context))
        found.extend(_several(context.opts.get("target_metadata")))
        return []

    env = EnvironmentContext(
        project.config, project.script, fn=instead_of_migrations, as_sql=True,
        output_buffer=io.StringIO(), starting_rev=None,
    )  # fmt: skip
    here = contextlib.chdir(project.folder)
    problems = problems_of_the_project(project.config.config_file_name)
    with untouched_logging(), stdout_to_stderr(), here, problems, env:
        project.script.run_env()
    return Offline(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unread)))


def engine_name(context: MigrationContext) -> str:
    """env.py's name for this database, else the name of the database.

    Alembic's multidb template names the body of engine1's upgrade "engine1_upgrades".
    """
    token = str(context.opts["upgrade_token"])
    if token != _ONE_BODY:
        return token.removesuffix(f"_{_ONE_BODY}")
    return str(context.connection.engine.url.database) if context.connection is not None else ""


def _check_one(visited: Sequence[str], engine: str) -> None:
    """Raises UsageProblem unless exactly one database is selected."""
    names = ", ".join(dict.fromkeys(visited))
    if engine and engine not in visited:
        raise UsageProblem(f"env.py opened no database that it calls {engine!r}", f"Known: {names}")
    if (visited.count(engine) if engine else len(visited)) == 1:
        return
    if len(set(visited)) == len(visited) > 1:
        raise UsageProblem(
            f"env.py opened {len(visited)} databases: {names}; remediate works on one",
            f"Choose it: --engine {visited[0]}",
        )
    raise UsageProblem(
        f"env.py opened {len(visited)} databases{f' ({names})' if names else ''}; "
        "remediate works on one",
        "Choose one with -x or --name, as this project's env.py allows.",
    )


def _environment(
    heads: tuple[str, ...],
    context: MigrationContext,
    arguments: Mapping[str, object],
    unread: tuple[UnreadModule, ...],
) -> Environment:
    token = context.opts["upgrade_token"]
    return Environment(
        engine="" if token == _ONE_BODY else engine_name(context),
        heads=heads,
        metadatas=_several(context.opts.get("target_metadata")),
        version_table=Name(context.version_table_schema or "", context.version_table),
        upgrade_token=token,
        downgrade_token=context.opts["downgrade_token"],
        arguments=arguments,
        unread=unread,
        configured=settings.of(context),
    )


def _several(metadata: object) -> tuple[sa.MetaData, ...]:
    """The MetaData in target_metadata, which is one, several, or None."""
    several = metadata if isinstance(metadata, Sequence) else [metadata]
    return tuple(m for m in several if isinstance(m, sa.MetaData))
