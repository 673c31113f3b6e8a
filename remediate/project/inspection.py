"""Read the database and, inside an Alembic project, its models, filters and history."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from remediate.analysis.models import widened_by_models
from remediate.catalog import (
    admission,
    called_sequences,
    catalog,
    documents,
    libpq,
    members,
    missing_keys,
    new_tables,
    references,
    relations,
    schemas,
)
from remediate.config import Config
from remediate.errors import RemediateError, UsageProblem
from remediate.findings import selection
from remediate.postgres.client import texts_as_utf8
from remediate.postgres.connections import database_problem, engine_url
from remediate.project import (
    credentials,
    exposed,
    filters,
    history,
    metadatas,
    models,
    opening,
    translation,
    uses,
)
from remediate.project import project as projects
from remediate.project.discovery import discover
from remediate.project.filters import LeftOut
from remediate.snapshots.declared import Declared, UnreadModule
from remediate.snapshots.live import Live
from remediate.snapshots.snapshot import Snapshot
from remediate.snapshots.tables import Name
from remediate.snapshots.uses import Uses
from remediate.system.paths import STARTED_IN, shown

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """The connection that reads, and what it has read; in a project, as env.py configured it."""

    connection: sa.Connection
    live: Live
    context: MigrationContext | None = None


More = Callable[[Opened], T]


@dataclass(frozen=True, slots=True)
class Reading:
    """The database and the project, as they were at one moment."""

    live: Live
    declared: Declared
    seconds: float
    libpq: dict[str, str] = field(repr=False)  # holds the password
    project: projects.Project | None = None
    environment: projects.Environment | None = None
    left_out: LeftOut = field(default_factory=LeftOut)
    models_read: bool = False

    @property
    def known(self) -> Snapshot:
        """The tables of the database, and those that only models declare: what can be named."""
        return Snapshot(tables=(*self.live.tables, *self.declared.tables))


@dataclass(frozen=True, slots=True)
class ProjectReading(Reading):
    """Everything that was read inside an Alembic project, through its env.py."""

    project: projects.Project
    environment: projects.Environment


def read(config: Config) -> Reading:
    """Read the database and, inside an Alembic project, its models and history.

    Raises UsageProblem if there is neither a project nor a database URL, and DatabaseProblem if
    the database cannot be read.
    """
    reading, _ = read_with(config, lambda _: None)
    return reading


def read_with(config: Config, more: More[T]) -> tuple[Reading, T]:
    """What `read` reads, and what `more` reads on the same connection afterwards."""
    project = discover(config)
    if project is not None:
        return _read_project(project, config, more)
    if config.database_url:
        return _read_url(config.database_url, config, more)
    raise UsageProblem(
        "there is no Alembic project here, and no database URL was given",
        "Run it in the folder of alembic.ini, or set REMEDIATE_DATABASE_URL.",
    )


def _read_project(
    project: projects.Project, config: Config, more: More[T]
) -> tuple[ProjectReading, T]:
    started = time.monotonic()
    untracked: list[metadatas.ProjectMetadata] = []

    def work(
        context: MigrationContext, environment: projects.Environment
    ) -> tuple[ProjectReading, T]:
        connection = context.connection
        if connection is None:
            raise UsageProblem("env.py opened no connection", "Does `alembic current` work?")
        parameters = libpq.environment(connection)
        left_out = filters.left_out(context, environment.metadatas)
        live = catalog.read(connection, environment.version_table)
        found = metadatas_of(project, config, environment.metadatas)
        found = replace(found, unread=(*environment.unread, *found.unread))
        if environment.engine:  # no setting names the database of the untracked tables
            untracked.extend(m for m in found.metadatas if not m.tracked)
            found = replace(found, metadatas=tuple(m for m in found.metadatas if m.tracked))
        declared = replace(
            translation.read(partial(models.read, found), live, connection),
            credentials=credentials.read(project),
            history=history.of_project(
                project.script, connection, environment, live.database.default_schema
            ),
        )
        # Of several databases, each has models of its own, and the settings speak of all.
        live = enrich(connection, live, declared, config, all_models=not environment.engine)
        declared = replace(declared, uses=_uses(live, declared, project))
        seconds = time.monotonic() - started
        reading = ProjectReading(
            live, declared, seconds, parameters, project, environment, left_out, models_read=True
        )
        return reading, more(Opened(connection, live, context))

    (reading, found), tracked = opening.run(project, config, work)
    return _with_untracked(reading, [m for m in untracked if m.metadata not in tracked]), found


def _uses(live: Live, declared: Declared, project: projects.Project) -> dict[Name, Uses]:
    """Where the project's code names the models that have no table; nothing is read without one."""
    missing = {t.name: declared.source_of(t.name, None) for t in live.unmade.tables}
    return uses.find(missing, project.home, project.script_folder) if missing else {}


def metadatas_of(
    project: projects.Project, config: Config, tracked: Sequence[sa.MetaData] | None
) -> metadatas.Discovery:
    """Every MetaData of the project; those that are handed in are all that count."""
    if config.metadata:
        return metadatas.handed(opening.handed_metadata(config), project.home)
    with contextlib.chdir(project.folder):
        return metadatas.discover(tracked, project.home, project.script_folder)


def _with_untracked(
    reading: ProjectReading, found: Sequence[metadatas.ProjectMetadata]
) -> ProjectReading:
    """The reading with the MetaData that env.py hands to Alembic for none of its databases."""
    schema = reading.live.database.default_schema
    described = tuple(models.metadata(one, schema) for one in found)
    known = reading.declared.metadatas
    return replace(reading, declared=replace(reading.declared, metadatas=(*known, *described)))


def read_models(config: Config) -> Reading:
    """Read the models alone, without a database, as on a laptop or in CI."""
    started = time.monotonic()
    project = _needed(config)
    tracked: tuple[sa.MetaData, ...] | None
    unread: tuple[UnreadModule, ...] = ()
    try:
        given = opening.offline(project, config)
        tracked, unread = given.metadatas, given.unread
    except RemediateError as error:
        reason = f"which MetaData it gives to Alembic, without a database: {error}"
        env = UnreadModule(
            shown(str(project.script_folder / "env.py")), reason, "alembic upgrade head --sql"
        )
        tracked, unread = None, (env,)
    found = metadatas_of(project, config, tracked)
    found = replace(found, unread=(*unread, *found.unread))
    declared = models.read(found, "public")
    seconds = time.monotonic() - started
    return Reading(Live(), declared, seconds, {}, project, models_read=True)


def read_versions(config: Config) -> Reading:
    """Read the revisions alone, from their files."""
    started = time.monotonic()
    project = _needed(config)
    script = project.script
    declared = Declared(
        history=history.of_files(script),
        credentials=credentials.read(project),
        unread_modules=history.unread(script),
    )
    return Reading(Live(), declared, time.monotonic() - started, {}, project)


def read_exposed(config: Config, *, history: bool = True) -> Reading:
    """Read what git exposes of the project, or of the folder where there is none."""
    started = time.monotonic()
    project = discover(config)
    exposed_, unread = exposed.read(project.home if project else STARTED_IN, history=history)
    declared = Declared(exposed=exposed_, unread_modules=unread)
    return Reading(Live(), declared, time.monotonic() - started, {}, project)


def _needed(config: Config) -> projects.Project:
    project = discover(config)
    if project is None:
        raise UsageProblem(
            "there is no Alembic project here", "Run it in the folder of alembic.ini."
        )
    return project


def _read_url(url: str, config: Config, more: More[T]) -> tuple[Reading, T]:
    started = time.monotonic()
    engine = sa.create_engine(engine_url(url), poolclass=sa.NullPool)
    try:
        with texts_as_utf8(), engine.connect() as connection:
            parameters = libpq.environment(connection)
            live = catalog.read(connection)
            declared = _handed(config, live)
            live = enrich(connection, live, declared, config, all_models=bool(config.metadata))
            seconds = time.monotonic() - started
            found = more(Opened(connection, live))
    except sa.exc.DBAPIError as error:
        raise database_problem(error, "the database cannot be used") from error
    made = Reading(live, declared, seconds, parameters, models_read=bool(config.metadata))
    return made, found


def _handed(config: Config, live: Live) -> Declared:
    """The models that are handed in, without a project."""
    if not config.metadata:
        return Declared()
    found = metadatas.handed(opening.handed_metadata(config), Path.cwd())
    return models.read(found, live.database.default_schema)


def enrich(
    connection: sa.Connection,
    live: Live,
    declared: Declared,
    config: Config,
    *,
    all_models: bool = False,
) -> Live:
    """The snapshot with what only the models can ask for.

    It then has the columns that seem to reference a key, and the dependants of the columns whose
    types may have to change. Where not `all_models` of the settings are known here, a column that
    they name may be there.
    """
    if config.schema:
        selection.check_schemas(schemas.read(connection), config.schema)
    selection.check_references(live, config.references)
    if config.right and all_models and not declared.unread_modules:
        selection.check_right({*declared.types} | schemas.columns(connection), config.right)
    live = relations.enrich(connection, live, declared)
    live = missing_keys.enrich(connection, live, declared, deep=config.deep)
    live = called_sequences.enrich(connection, live, declared)
    live = references.enrich(connection, live, declared, config.references, deep=config.deep)
    live = new_tables.enrich(connection, live, declared)
    live = documents.enrich(connection, live)
    live = admission.enrich(connection, live, parents=bool(config.flows))
    return members.enrich(connection, live, widened_by_models(live, declared, config.right))
