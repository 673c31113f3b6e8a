"""Read many databases beside a project that was read once, without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from remediate.catalog.session import marking
from remediate.config import Config
from remediate.errors import RemediateError, UsageProblem
from remediate.postgres.client import texts_as_utf8
from remediate.postgres.connections import database_problem, engine_url
from remediate.project import credentials, filters, history, inside, loading, metadatas, opening
from remediate.project import project as projects
from remediate.project.discovery import discover
from remediate.project.heads import briefly
from remediate.project.inspection import read_url
from remediate.project.project import Given
from remediate.project.reading import More, Opened, Reading, T
from remediate.snapshots.declared import UnreadModule
from remediate.system.paths import shown


@dataclass(slots=True)
class Beside:
    """A project that was read once, to judge many databases by it."""

    project: projects.Project
    files: inside.ProjectFiles
    options: Mapping[str, Any]  # with which env.py configures Alembic: filters, version table
    unread: tuple[UnreadModule, ...]
    arguments: Mapping[str, object]  # that env.py passes to upgrade() and downgrade()
    connected: "Beside | None" = None  # as env.py configures it for a connection, once it is known
    through: str = field(default="", repr=False)
    """The URL with which env.py runs for all databases; "": each one's, until it runs with one."""
    failed: list[RemediateError] = field(default_factory=list)  # with which env.py did not run


class NotThroughThisError(Exception):
    """env.py fails with a connection to this database; another one may let it run."""


_TRIES = 3  # databases with which a process runs env.py in vain: each may take seconds


_TOKENS = {"upgrade_token": "upgrades", "downgrade_token": "downgrades"}  # Alembic's own
# What is about `alembic upgrade --sql`, and not about the project.
_OF_OFFLINE = ("as_sql", "fn", "literal_binds", "output_buffer", "output_encoding", "starting_rev")


def read_beside(config: Config) -> Beside | None:
    """The project by which many databases are judged; None where there is none.

    Its env.py runs as in `alembic upgrade --sql`: what it imports is imported once. Raises
    UsageProblem where it runs the revisions for several schemas.
    """
    project = discover(config)
    if project is None:
        return None
    found, given = inside.models_and_options(project, config)
    made = _beside(project, found, given)
    if config.metadata:  # env.py does not run
        made.connected = made
    return made


def _beside(project: projects.Project, models: metadatas.Discovery, given: Given) -> Beside:
    if given.times > 1:
        raise UsageProblem(
            f"env.py runs the revisions {given.times} times, for several schemas or databases: "
            "remediate cannot judge many databases with it",
            "Run it on each database alone, with --database-url.",
        )
    past = history.as_loaded(project.script, complete=not given.unread)
    files = inside.ProjectFiles(given.tables, models, past, credentials.read(project))
    options = {key: one for key, one in given.options.items() if key not in _OF_OFFLINE}
    return Beside(project, files, _TOKENS | options, given.unread, given.arguments)


def read_database(config: Config, beside: Beside | None, more: More[T]) -> tuple[Reading, T]:
    """One of many databases: that of the URL in the settings, judged by the project.

    Its env.py runs once a process with a connection: to this database, or to its own where it does
    not use sqlalchemy.url. Raises DatabaseProblem if the database cannot be read, UsageProblem if
    env.py fails with a connection and without one; NotThroughThisError if it fails with this one,
    and `through` names none for all.
    """
    if beside is None:
        return read_url(config, more)
    known = beside.connected or _connected(beside, config)
    engine = sa.create_engine(engine_url(config.database_url or ""), poolclass=sa.NullPool)
    try:
        with texts_as_utf8(), engine.connect() as connection, marking(connection):
            if isinstance(known, RemediateError):
                if not beside.through:
                    raise NotThroughThisError from known
                known = _without(beside, known)
            beside.connected = known
            context = MigrationContext.configure(connection, opts={**known.options})
            briefly(context)
            heads = context.get_current_heads()
            environment = replace(
                projects.environment(heads, context, known.arguments),
                engine="",
                unread=known.unread,
                files=loading.file_states(known.project.script),
            )
            reading = inside.in_context(
                known.project, config, connection, context, environment, known.files
            )
            return reading, more(Opened(connection, reading.live, context))
    except sa.exc.DBAPIError as error:
        raise database_problem(error, "the database cannot be used") from error


def _connected(beside: Beside, config: Config) -> Beside | RemediateError:
    """The project as env.py configures it for a connection; the error where that fails."""
    if len(beside.failed) >= _TRIES:
        return beside.failed[-1]
    url = beside.through or config.database_url or ""
    try:
        given = opening.connected(beside.project, replace(config, database_url=url))
    except RemediateError as error:
        beside.failed.append(error)
        return error
    given = replace(given, tables=filters.tables_of(given.metadatas))
    found = inside.metadatas_of(beside.project, config, given.metadatas)
    found = replace(found, unread=(*given.unread, *found.unread))
    return replace(_beside(beside.project, found, given), through=url)


def _without(beside: Beside, error: RemediateError) -> Beside:
    """The project without a connection, and that env.py failed with one; raises that if both do."""
    if not beside.options.keys() - _TOKENS.keys():
        raise error
    reason = f"what it configures for a connection alone, such as filters: {error}"
    env = UnreadModule(
        shown(str(beside.project.script_folder / "env.py")), reason, "alembic current"
    )
    models = replace(beside.files.models, unread=(env, *beside.files.models.unread))
    return replace(beside, files=replace(beside.files, models=models))
