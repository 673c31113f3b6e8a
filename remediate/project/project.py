"""Run the env.py of an Alembic project, to reach its connection and its models."""

import contextlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from remediate.catalog.session import marking
from remediate.errors import UsageProblem
from remediate.postgres.client import texts_as_utf8
from remediate.project import configured as settings
from remediate.project import dialects, loading
from remediate.project.configured import Configured
from remediate.project.failures import problems_of_the_project, untouched_logging
from remediate.project.heads import briefly
from remediate.project.loading import FileStates
from remediate.project.tenancy import Tenant
from remediate.snapshots.declared import UnreadModule
from remediate.snapshots.tables import Name
from remediate.system.streams import stdout_to_stderr

_ONE_BODY = "upgrades"  # Alembic's own name for the one body of upgrade()


@dataclass(frozen=True, slots=True)
class Project:
    """An Alembic project, before its env.py runs."""

    config: Config
    folder: Path  # env.py is run from here
    home: Path  # the folder of the configuration
    script: ScriptDirectory
    env: str = ""  # what is called before env.py runs: package.module:function

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
    files: FileStates = frozenset()  # of the revisions, before they were loaded
    configured: Configured = field(default_factory=Configured)
    schema: str = ""  # that env.py chooses for one run, as by -x; "" where it chooses none
    tenants: tuple[Tenant, ...] = ()  # for which env.py runs the revisions, one after the other
    apart: tuple[Tenant, ...] = ()  # others, at other revisions than the one that it is told

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


def visit(
    project: Project,
    work: Callable[[MigrationContext, Environment], None],
    instead: Callable[[EnvironmentContext], None] | None = None,
) -> None:
    """Call `work` inside env.py for each database that it opens, one after the other.

    `instead` is called in place of env.py, with Alembic's `context`. No migration runs, and no
    version table is created. The revisions are loaded before, as Alembic does. Logging and standard
    output are restored afterwards.
    """
    arguments: dict[str, object] = {}

    def instead_of_migrations(heads: tuple[str, ...], context: MigrationContext) -> list[object]:
        dialects.check(context)
        files = loading.file_states(project.script)
        unread = loading.load(project.script, context)
        made = environment(heads, context, {**arguments})
        work(context, replace(made, unread=unread, files=files))
        return []

    def run_migrations(**given: Any) -> None:
        arguments.clear()
        arguments.update(given)
        context = env.get_context()
        briefly(context)
        connection = context.connection
        own = contextlib.nullcontext() if connection is None else marking(connection)
        with (
            _ended(connection),
            own,
            Operations.context(context),  # a revision may ask it while it is loaded
        ):
            context.run_migrations(**given)

    env = EnvironmentContext(
        project.config, project.script, fn=instead_of_migrations, dont_mutate=True
    )
    # `alembic.context` proxies this instance, and would not see a subclass.
    env.run_migrations = run_migrations  # type: ignore[method-assign]
    here, utf8 = contextlib.chdir(project.folder), texts_as_utf8()
    problems = problems_of_the_project(project.config.config_file_name)
    with untouched_logging(), stdout_to_stderr(), utf8, here, problems, env:
        if instead is None:
            project.script.run_env()
        else:
            instead(env)


@contextlib.contextmanager
def _ended(connection: sa.Connection | None) -> Iterator[None]:
    """End a transaction that begins in the block: it is read-only, and env.py may write after it.

    One that env.py itself began is its own to end.
    """
    begins = connection is not None and not connection.in_transaction()
    yield
    if begins and connection and not connection.closed and not connection.invalidated:
        connection.rollback()


@dataclass(frozen=True, slots=True)
class Given:
    """What env.py gives to Alembic, wherever that is."""

    metadatas: tuple[sa.MetaData, ...]
    unread: tuple[UnreadModule, ...]  # the revision that does not load
    options: Mapping[str, Any] = field(default_factory=dict)  # env.py's to Alembic: filters, names
    tables: tuple[sa.Table, ...] = ()  # of the MetaData, before more modules are imported
    times: int = 1  # that it runs the revisions, for one schema after the other
    arguments: Mapping[str, object] = field(default_factory=dict)  # to upgrade() and downgrade()


def offline(project: Project) -> Given:
    """The MetaData that env.py hands to Alembic, read as in `alembic upgrade --sql`.

    No database is needed. Raises UsageProblem if env.py needs one, or would write files.
    """
    if project.config.file_config.get(project.config.config_ini_section, "databases", fallback=""):
        raise UsageProblem(
            "an env.py of several databases writes a file for each when it runs without them"
        )
    found: list[sa.MetaData] = []
    unread: list[UnreadModule] = []
    options: dict[str, Any] = {}
    times = 0

    def instead_of_migrations(_: object, context: MigrationContext) -> list[object]:
        nonlocal times
        times += 1
        options.update(context.opts)
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
    return Given(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unread)), options, times=times)


def engine_name(context: MigrationContext) -> str:
    """env.py's name for this database, else the name of the database.

    Alembic's multidb template names the body of engine1's upgrade "engine1_upgrades".
    """
    token = str(context.opts["upgrade_token"])
    if token != _ONE_BODY:
        return token.removesuffix(f"_{_ONE_BODY}")
    return str(context.connection.engine.url.database) if context.connection is not None else ""


def environment(
    heads: tuple[str, ...], context: MigrationContext, arguments: Mapping[str, object]
) -> Environment:
    """What a context tells of its database, which is at these heads."""
    token = context.opts["upgrade_token"]
    return Environment(
        engine="" if token == _ONE_BODY else engine_name(context),
        heads=heads,
        metadatas=_several(context.opts.get("target_metadata")),
        version_table=Name(context.version_table_schema or "", context.version_table),
        upgrade_token=token,
        downgrade_token=context.opts["downgrade_token"],
        arguments=arguments,
        configured=settings.of(context),
    )


def _several(metadata: object) -> tuple[sa.MetaData, ...]:
    """The MetaData in target_metadata, which is one, several, or None."""
    several = metadata if isinstance(metadata, Sequence) else [metadata]
    return tuple(m for m in several if isinstance(m, sa.MetaData))
