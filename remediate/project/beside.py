"""Read many databases beside a project that was read once, without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from remediate.catalog.session import marking
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.postgres.client import texts_as_utf8
from remediate.postgres.connections import database_problem, engine_url
from remediate.project import credentials, history, inside, loading
from remediate.project import project as projects
from remediate.project.discovery import discover
from remediate.project.inspection import read_url
from remediate.project.reading import More, Opened, Reading, T
from remediate.snapshots.declared import UnreadModule


@dataclass(frozen=True, slots=True)
class Beside:
    """A project that was read once, without a database, to judge many databases by it."""

    project: projects.Project
    files: inside.ProjectFiles
    options: Mapping[str, Any]  # with which env.py configures Alembic: filters, version table
    unread: tuple[UnreadModule, ...]


_TOKENS = {"upgrade_token": "upgrades", "downgrade_token": "downgrades"}  # Alembic's own
# What is about `alembic upgrade --sql`, and not about the project.
_OF_OFFLINE = ("as_sql", "fn", "literal_binds", "output_buffer", "output_encoding", "starting_rev")


def read_beside(config: Config) -> Beside | None:
    """The project by which many databases are judged; None where there is none.

    Its env.py runs once, as in `alembic upgrade --sql`: what it configures for a connection alone
    is not seen. Raises UsageProblem where it runs the revisions for several schemas.
    """
    project = discover(config)
    if project is None:
        return None
    found, given = inside.models_and_options(project, config)
    if given.times > 1:
        raise UsageProblem(
            f"env.py runs the revisions {given.times} times, for one schema after the other: many "
            "databases cannot be judged by it",
            "Look at each database alone, with --database-url.",
        )
    past = history.as_loaded(project.script, complete=not given.unread)
    files = inside.ProjectFiles(given.tables, found, past, credentials.read(project))
    options = {key: one for key, one in given.options.items() if key not in _OF_OFFLINE}
    return Beside(project, files, _TOKENS | options, given.unread)


def read_database(config: Config, beside: Beside | None, more: More[T]) -> tuple[Reading, T]:
    """One of many databases: that of the URL in the settings, judged by the project.

    Raises DatabaseProblem if the database cannot be read.
    """
    if beside is None:
        return read_url(config, more)
    engine = sa.create_engine(engine_url(config.database_url or ""), poolclass=sa.NullPool)
    try:
        with texts_as_utf8(), engine.connect() as connection, marking(connection):
            context = MigrationContext.configure(connection, opts={**beside.options})
            heads = context.get_current_heads()
            environment = replace(
                projects.environment(heads, context, {}),
                engine="",
                unread=beside.unread,
                files=loading.file_states(beside.project.script),
            )
            reading = inside.in_context(
                beside.project, config, connection, context, environment, beside.files
            )
            return reading, more(Opened(connection, reading.live, context))
    except sa.exc.DBAPIError as error:
        raise database_problem(error, "the database cannot be used") from error
