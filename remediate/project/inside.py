"""Read the database and the models, filters and history of an Alembic project."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from remediate.catalog import catalog, libpq
from remediate.config import Config
from remediate.errors import RemediateError, UsageProblem
from remediate.project import (
    credentials,
    filters,
    history,
    metadatas,
    models,
    opening,
    siblings,
    tenancy,
    uses,
)
from remediate.project.enrichment import enrich
from remediate.project.project import Environment, Given, Project
from remediate.project.reading import More, Opened, ProjectReading, Reading, T
from remediate.project.tenancy import Tenant
from remediate.snapshots.declared import Credential, Declared, UnreadModule
from remediate.snapshots.history import History
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from remediate.snapshots.uses import Uses
from remediate.system import stages
from remediate.system.paths import shown


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """What a project tells of itself beside any database."""

    tables: tuple[sa.Table, ...]  # that env.py itself hands to Alembic
    models: metadatas.Discovery
    history: History
    credentials: tuple[Credential, ...]


def read(project: Project, config: Config, more: More[T]) -> tuple[ProjectReading, T]:
    """The database and the project, and what `more` reads on the same connection afterwards."""
    started = time.monotonic()
    stages.begin("reading the project")
    untracked: list[metadatas.ProjectMetadata] = []

    def work(context: MigrationContext, environment: Environment) -> tuple[ProjectReading, T]:
        connection = context.connection
        if connection is None:
            raise UsageProblem("env.py opened no connection", "Check that `alembic current` works.")
        tables = filters.tables_of(environment.metadatas)
        found = metadatas_of(project, config, environment.metadatas)
        found = replace(found, unread=(*environment.unread, *found.unread))
        if environment.engine:  # no setting names the database of the untracked tables
            untracked.extend(m for m in found.metadatas if not m.tracked)
            found = replace(found, metadatas=tuple(m for m in found.metadatas if m.tracked))
        past = history.as_loaded(project.script, complete=not environment.unread)
        files = ProjectFiles(tables, found, past, credentials.read(project))
        reading = in_context(project, config, connection, context, environment, files)
        reading = replace(reading, seconds=time.monotonic() - started)
        return reading, more(Opened(connection, reading.live, context))

    (reading, found), tracked = opening.run(project, config, work)
    return _with_untracked(reading, [m for m in untracked if m.metadata not in tracked]), found


def in_context(
    project: Project,
    config: Config,
    connection: sa.Connection,
    context: MigrationContext,
    environment: Environment,
    files: ProjectFiles,
) -> ProjectReading:
    """The database of a context, beside what the project's files tell."""
    started = time.monotonic()
    parameters = libpq.environment(connection)
    left_out = filters.left_out(context, files.tables)
    told = tenancy.visited(context, "", environment.heads).tenant if environment.schema else None
    stages.begin("reading the catalog")
    live = catalog.read(connection, environment.version_table)
    tenants, apart = environment.tenants, tuple[Tenant, ...]()
    if told:
        tenants, apart = siblings.read(connection, told, live)
    heads = tenancy.least(tenants, environment.heads, files.history)
    environment = replace(environment, heads=heads, tenants=tenants, apart=apart)
    left_out = tenancy.left_out(left_out, tenants)
    live = live.without({one.version_table for one in tenants})
    schema = live.database.default_schema
    declared = tenancy.read(partial(models.read, files.models), live, connection, tenants)
    declared = replace(
        declared,
        credentials=files.credentials,
        unread_modules=(
            *declared.unread_modules,
            *siblings.not_judged(environment.schema, apart),
            *siblings.nowhere(live),
        ),
        history=history.at_database(files.history, connection, environment, schema),
    )
    stages.begin("looking for references")
    # Of several databases, each has models of its own, and the settings speak of all.
    live = enrich(connection, live, declared, config, all_models=not environment.engine)
    declared = replace(declared, uses=_uses(live, declared, project))
    return ProjectReading(
        live, declared, time.monotonic() - started, parameters, project, environment, left_out,
        models_read=True,
    )  # fmt: skip


def _uses(live: Live, declared: Declared, project: Project) -> dict[Name, Uses]:
    """Where the project's code names the models that have no table; nothing is read without one."""
    missing = {t.name: declared.source_of(t.name, None) for t in live.unmade.tables}
    return uses.find(missing, project.home, project.script_folder) if missing else {}


def metadatas_of(
    project: Project, config: Config, tracked: Sequence[sa.MetaData] | None
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


def read_models(project: Project, config: Config) -> Reading:
    """The models alone, without a database, as on a laptop or in CI."""
    started = time.monotonic()
    found, _ = models_and_options(project, config)
    declared = models.read(found, "public")
    seconds = time.monotonic() - started
    return Reading(Live(), declared, seconds, {}, project, models_read=True)


def models_and_options(project: Project, config: Config) -> tuple[metadatas.Discovery, Given]:
    """The models, and what env.py gives to Alembic without a database: nothing where it fails."""
    tracked: tuple[sa.MetaData, ...] | None
    try:
        given = opening.offline(project, config)
        tracked = given.metadatas
    except RemediateError as error:
        reason = f"which MetaData it gives to Alembic, without a database: {error}"
        env = UnreadModule(
            shown(str(project.script_folder / "env.py")), reason, "alembic upgrade head --sql"
        )
        given, tracked = Given((), (env,)), None
    given = replace(given, tables=filters.tables_of(given.metadatas))
    found = metadatas_of(project, config, tracked)
    return replace(found, unread=(*given.unread, *found.unread)), given


def read_versions(project: Project) -> Reading:
    """The revisions alone, from their files."""
    started = time.monotonic()
    script = project.script
    declared = Declared(
        history=history.of_files(script),
        credentials=credentials.read(project),
        unread_modules=history.unread(script),
    )
    return Reading(Live(), declared, time.monotonic() - started, {}, project)


def handed(config: Config, default_schema: str) -> Declared:
    """The models that are handed in, without a project."""
    found = metadatas.handed(opening.handed_metadata(config), Path.cwd())
    return models.read(found, default_schema)
