"""One look at everything: the database, and inside a project its models and revision."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from remediate.analysis.models import widened_by_models
from remediate.catalog import catalog, libpq, members, references, relations
from remediate.config import Config
from remediate.errors import RemediateError, UsageProblem
from remediate.findings import selection
from remediate.postgres.connections import database_problem, engine_url
from remediate.project import credentials, filters, history, metadatas, models, translation
from remediate.project import project as projects
from remediate.project.filters import LeftOut
from remediate.snapshots.declared import Declared, Missed
from remediate.snapshots.live import Live
from remediate.system.paths import shown


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read at one moment."""

    live: Live
    declared: Declared
    seconds: float
    libpq: dict[str, str] = field(repr=False)  # holds the password
    project: projects.Project | None = None
    environment: projects.Environment | None = None
    left_out: LeftOut = field(default_factory=LeftOut)


def read(config: Config) -> Reading:
    """The database, and inside an Alembic project its models and revision."""
    project = projects.discover(config.config, config.name, config.x)
    if project is not None:
        return _read_project(project, config)
    if config.database_url:
        return _read_url(config.database_url, config)
    raise UsageProblem(
        "there is no Alembic project here, and no database URL was given",
        "Run it in the folder of alembic.ini, or set REMEDIATE_DATABASE_URL.",
    )


def _read_project(project: projects.Project, config: Config) -> Reading:
    if config.database_url:
        url = engine_url(config.database_url).render_as_string(hide_password=False)
        for section in {config.name, config.engine} - {""}:
            project.config.set_section_option(section, "sqlalchemy.url", url.replace("%", "%%"))
    started = time.monotonic()
    others: list[metadatas.Found] = []

    def work(context: MigrationContext, environment: projects.Environment) -> Reading:
        connection = context.connection
        if connection is None:
            raise UsageProblem("env.py opened no connection", "Does `alembic current` work?")
        if config.database_url:
            _check_same_database(connection, config.database_url)
        parameters = libpq.environment(connection)
        left_out = filters.left_out(context, environment.metadatas)
        live = catalog.read(connection, environment.version_table)
        found, missed, modules = metadatas.everywhere(
            environment.metadatas, project.folder, Path(project.script.dir).resolve()
        )
        if environment.engine:  # in which database the tables of the others are, nobody says
            others.extend(f for f in found if not f.tracked)
            found = tuple(f for f in found if f.tracked)
        declared = replace(
            translation.read(
                partial(models.read, found, modules=modules, missed=missed), live, connection
            ),
            credentials=credentials.found(project),
            history=history.of_project(
                project.script, connection, environment, live.database.default_schema
            ),
        )
        live = complete(connection, live, declared, config)
        seconds = time.monotonic() - started
        return Reading(live, declared, seconds, parameters, project, environment, left_out)

    reading, given = projects.run(project, work, config.engine)
    return _with_untracked(reading, [f for f in others if f.metadata not in given])


def _with_untracked(reading: Reading, found: Sequence[metadatas.Found]) -> Reading:
    """And the MetaData that env.py gives to Alembic for none of its databases."""
    schema = reading.live.database.default_schema
    described = tuple(models.metadata(one, schema) for one in found)
    known = reading.declared.metadatas
    return replace(reading, declared=replace(reading.declared, metadatas=(*known, *described)))


def read_models(config: Config) -> Reading:
    """The models alone: no database is asked, as on a laptop or in CI."""
    started = time.monotonic()
    project = _needed(config)
    script = Path(project.script.dir).resolve()
    tracked: tuple[sa.MetaData, ...] | None
    unknown: tuple[Missed, ...] = ()
    try:
        tracked = projects.metadata_offline(project)
    except RemediateError as error:
        reason = f"which MetaData it gives to Alembic, without a database: {error}"
        env = Missed(shown(str(script / "env.py")), reason, "alembic upgrade head --sql")
        tracked, unknown = None, (env,)
    with contextlib.chdir(project.folder):
        found, missed, modules = metadatas.everywhere(tracked, project.folder, script)
    declared = models.read(found, "public", modules, (*unknown, *missed))
    return Reading(Live(), declared, time.monotonic() - started, {}, project)


def read_versions(config: Config) -> Reading:
    """The revisions alone, from their files."""
    started = time.monotonic()
    project = _needed(config)
    declared = Declared(
        history=history.of_files(project.script), credentials=credentials.found(project)
    )
    return Reading(Live(), declared, time.monotonic() - started, {}, project)


def _needed(config: Config) -> projects.Project:
    project = projects.discover(config.config, config.name, config.x)
    if project is None:
        raise UsageProblem(
            "there is no Alembic project here", "Run it in the folder of alembic.ini."
        )
    return project


def _check_same_database(connection: sa.Connection, wanted: str) -> None:
    """env.py may take its URL from elsewhere; reading another database than asked for is worse."""
    given, used = engine_url(wanted), connection.engine.url
    if (given.host, given.port or 5432, given.database) != (
        used.host,
        used.port or 5432,
        used.database,
    ):
        raise UsageProblem(
            f"env.py connects to {used.host}:{used.port or 5432}/{used.database}, "
            "not to the database URL that was given",
            "This env.py does not use sqlalchemy.url: set the variable that it reads instead.",
        )


def complete(connection: sa.Connection, live: Live, declared: Declared, config: Config) -> Live:
    """The snapshot with what needs the models' word: the columns that seem to mean a key.

    And with what hangs on the columns whose types may have to change.
    """
    selection.check_references(live, config.references)
    live = relations.complete(connection, live, declared)
    live = references.complete(connection, live, declared, config.references, deep=config.deep)
    return members.complete(connection, live, widened_by_models(live, declared, config.right))


def _read_url(url: str, config: Config) -> Reading:
    started = time.monotonic()
    engine = sa.create_engine(engine_url(url), poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            parameters = libpq.environment(connection)
            live = complete(connection, catalog.read(connection), Declared(), config)
    except sa.exc.DBAPIError as error:
        raise database_problem(error, "the database cannot be used") from error
    return Reading(live, Declared(), time.monotonic() - started, parameters)
