"""Read the database and, inside an Alembic project, its models, filters and history."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING

from remediate.catalog import catalog, libpq
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.postgres.client import texts_as_utf8
from remediate.postgres.connections import address, database_problem
from remediate.postgres.direct import driver_errors, opened
from remediate.project.discovery import discover
from remediate.project.enrichment import enrich
from remediate.project.reading import More, Opened, Reading, T
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.system import stages
from remediate.system.paths import STARTED_IN
from remediate.system.threads import meanwhile

if TYPE_CHECKING:
    from remediate.project.project import Project


def read(config: Config) -> Reading:
    """Read the database and, inside an Alembic project, its models and history.

    Raises UsageProblem if there is neither a project nor a database URL, and DatabaseProblem if
    the database cannot be read.
    """
    reading, _ = read_with(config, lambda _: None)
    return reading


def read_with(
    config: Config, more: More[T], beside: Callable[[], object] | None = None
) -> tuple[Reading, T]:
    """What `read` reads, and what `more` reads on the same connection afterwards.

    `beside` is done while the database is read, where no env.py runs that it could disturb.
    """
    project = discover(config)
    if project is not None:
        from remediate.project import inside  # noqa: PLC0415  (Alembic takes 0.2 s to import)

        return inside.read(project, config, more)
    if config.database_url:
        with meanwhile(beside) if beside else nullcontext():
            return read_url(config, more)
    raise UsageProblem(
        "there is no Alembic project here, and no database URL was given",
        "Run it in the folder of alembic.ini, or set REMEDIATE_DATABASE_URL.",
    )


def read_models(config: Config) -> Reading:
    """Read the models alone, without a database, as on a laptop or in CI."""
    from remediate.project import inside  # noqa: PLC0415  (Alembic takes 0.2 s to import)

    return inside.read_models(_needed(config), config)


def read_versions(config: Config) -> Reading:
    """Read the revisions alone, from their files."""
    from remediate.project import inside  # noqa: PLC0415  (Alembic takes 0.2 s to import)

    return inside.read_versions(_needed(config))


def read_exposed(config: Config, *, history: bool = True) -> Reading:
    """Read what git exposes of the project, or of the folder where there is none."""
    from remediate.project import exposed  # noqa: PLC0415  (only that command looks at git)

    started = time.monotonic()
    project = discover(config)
    exposed_, unread = exposed.read(project.home if project else STARTED_IN, history=history)
    declared = Declared(exposed=exposed_, unread_modules=unread)
    return Reading(Live(), declared, time.monotonic() - started, {}, project)


def _needed(config: Config) -> "Project":
    project = discover(config)
    if project is None:
        raise UsageProblem(
            "there is no Alembic project here", "Run it in the folder of alembic.ini."
        )
    return project


def read_url(config: Config, more: More[T]) -> tuple[Reading, T]:
    """The database of the URL in the settings, without a project; and what `more` reads there."""
    started = time.monotonic()
    try:
        with texts_as_utf8(), opened(address(config.database_url or "")) as connection:
            parameters = libpq.environment(connection)
            stages.begin("reading the catalog")
            live = catalog.read(connection)
            stages.begin("looking for references")
            declared = _handed(config, live) if config.metadata else Declared()
            live = enrich(connection, live, declared, config, all_models=bool(config.metadata))
            seconds = time.monotonic() - started
            found = more(Opened(connection, live))
    except driver_errors() as error:
        raise database_problem(error, "the database cannot be used") from error
    made = Reading(live, declared, seconds, parameters, models_read=bool(config.metadata))
    return made, found


def _handed(config: Config, live: Live) -> Declared:
    """The models that are handed in, without a project."""
    from remediate.project import inside  # noqa: PLC0415  (Alembic takes 0.2 s to import)

    return inside.handed(config, live.database.default_schema)
