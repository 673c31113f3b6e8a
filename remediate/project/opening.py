"""Open the database of a project: through env.py, or by what is handed in in place of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import sqlalchemy as sa
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext

from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.postgres.connections import database_problem, engine_url, shown_host
from remediate.project import application, dialects, flask, tenancy
from remediate.project import project as projects
from remediate.project.project import Environment, Given, Project, engine_name
from remediate.project.tenancy import Visited

T = TypeVar("T")
Work = Callable[[MigrationContext, Environment], T]


def run(project: Project, config: Config, work: Work[T]) -> tuple[T, tuple[sa.MetaData, ...]]:
    """Call `work` on the connection that env.py opens.

    If env.py opens several databases, the settings name the one to use; if it runs the revisions
    for several schemas of one, `work` is called once, with all of these. Returns the result of
    `work`, and the MetaData that env.py hands to Alembic for all databases. Raises UsageProblem
    if they do not select exactly one database, or if env.py fails.
    """
    visited: list[Visited] = []
    results: list[T] = []
    given: list[sa.MetaData] = []
    engine = config.engine

    def first(context: MigrationContext, environment: Environment) -> None:
        visited.append(tenancy.visited(context, engine_name(context), environment.heads))
        given.extend(environment.metadatas)
        chosen = visited[-1].name == engine or (not engine and len(visited) == 1)
        if chosen and not tenancy.may_be_one_of_many(context):
            results.append(work(context, environment))

    def again(context: MigrationContext, environment: Environment) -> None:
        if not results and engine in ("", engine_name(context)):
            schema = visited[0].schema if len(visited) == 1 else ""
            results.append(work(context, replace(environment, schema=schema, tenants=tenants)))

    visit(project, config, first)
    tenants = tenancy.tenants([one for one in visited if engine in ("", one.name)])
    if not tenants:
        _check_one(visited, engine)
    if tenants or not results:  # how many there are is known only now
        results.clear()
        visit(project, config, again)
    return results[0], tuple(given)


def visit(project: Project, config: Config, work: Work[None]) -> None:
    """Call `work` for each database that env.py opens, one after the other.

    A database URL in the settings takes the place of the project's own; with --metadata, env.py
    does not run. Raises UsageProblem if env.py fails, or opens another database than that URL's.
    """
    if config.metadata:
        _visit_by_url(project, config, work)
        return
    if config.database_url:
        _override_url(project, config.database_url, config)

    def checked(context: MigrationContext, environment: Environment) -> None:
        asked_for = config.engine in ("", engine_name(context))
        if config.database_url and asked_for and context.connection is not None:
            _check_same_connection(context.connection, config.database_url)
        work(context, environment)

    with dialects.watched(), flask.entered(project.env, project.script_folder / "env.py"):
        projects.visit(project, checked)


def offline(project: Project, config: Config) -> Given:
    """What env.py gives to Alembic without a database; or the models that are handed in."""
    if config.metadata:
        return Given(tuple(handed_metadata(config).values()), ())
    with dialects.watched(), flask.entered(project.env, project.script_folder / "env.py"):
        return projects.offline(project)


def connected(project: Project, config: Config) -> Given:
    """What env.py gives to Alembic with a connection: to the URL in the settings, or to its own.

    Raises UsageProblem if env.py fails, and DatabaseProblem if it reaches no database.
    """
    _override_url(project, config.database_url or "", config)
    found: list[tuple[MigrationContext, Environment]] = []
    with dialects.watched(), flask.entered(project.env, project.script_folder / "env.py"):
        projects.visit(project, lambda *visited: found.append(visited))
    if not found:
        raise UsageProblem("env.py ran no revisions", "Check that `alembic current` works.")
    for context, _ in found:
        if context.connection is not None and not context.dialect.is_async:
            context.connection.engine.dispose()  # a pool would keep it beside that of the reading
    return Given(
        tuple(dict.fromkeys(one for _, there in found for one in there.metadatas)),
        tuple(dict.fromkeys(one for _, there in found for one in there.unread)),
        {key: value for context, _ in found for key, value in context.opts.items()},
        times=len(found),
        arguments=found[0][1].arguments,
    )


def _visit_by_url(project: Project, config: Config, work: Work[None]) -> None:
    """As an env.py would that has nothing but the URL and the models."""
    if not config.database_url:
        raise UsageProblem(
            "--metadata takes the place of env.py, which would open the database",
            "Name the database: set REMEDIATE_DATABASE_URL.",
        )
    metadata = list(handed_metadata(config).values())
    engine = sa.create_engine(engine_url(config.database_url), poolclass=sa.NullPool)

    def in_place_of_env(env: EnvironmentContext) -> None:
        try:
            with engine.connect() as connection:
                env.configure(connection=connection, target_metadata=metadata)
                env.run_migrations()
        except sa.exc.DBAPIError as error:
            raise database_problem(error, "the database cannot be used") from error

    projects.visit(project, work, in_place_of_env)


def handed_metadata(config: Config) -> dict[str, sa.MetaData]:
    """The MetaData that --metadata names, by the names under which code imports them.

    Raises UsageProblem for what cannot be imported, and for what is no MetaData.
    """
    found: dict[str, sa.MetaData] = {}
    for name in config.metadata:
        value = application.attribute(name, "--metadata")
        metadata = value if isinstance(value, sa.MetaData) else getattr(value, "metadata", None)
        if not isinstance(metadata, sa.MetaData):
            raise UsageProblem(
                f"--metadata {name} is a {type(value).__name__}, not a MetaData",
                "Name what env.py would pass as target_metadata: package.module:Base.metadata.",
            )
        path = name if metadata is value else f"{name}.metadata"
        found[path.replace(":", ".")] = metadata
    return found


def _override_url(project: Project, url: str, config: Config) -> None:
    """Set sqlalchemy.url, in which the ini file needs `%` doubled."""
    text = engine_url(url).render_as_string(hide_password=False).replace("%", "%%")
    for section in {config.name, config.engine} - {""}:
        project.config.set_section_option(section, "sqlalchemy.url", text)


_OTHER_URL = (
    "This env.py does not use sqlalchemy.url: set the variable that it reads instead; or "
    "leave env.py out, and name its models: --metadata package.module:Base.metadata."
)


def _check_same_connection(connection: sa.Connection, wanted: str) -> None:
    """Raises UsageProblem if env.py took its URL from elsewhere: another database, another role."""
    given, used = engine_url(wanted), connection.engine.url
    if (given.host, given.port or 5432, given.database) != (
        used.host,
        used.port or 5432,
        used.database,
    ):
        raise UsageProblem(
            f"env.py connects to {shown_host(used)}/{used.database}, "
            "not to the database URL that was given",
            _OTHER_URL,
        )
    if given.username and used.username and given.username != used.username:
        raise UsageProblem(
            f"env.py connects as {used.username}, not as {given.username}, the user of the "
            "database URL that was given",
            _OTHER_URL,
        )


def _check_one(visited: Sequence[Visited], engine: str) -> None:
    """Raises UsageProblem unless exactly one database is selected."""
    called = [one.name for one in visited]
    names = ", ".join(dict.fromkeys(called))
    if engine and engine not in called:
        raise UsageProblem(f"env.py opened no database that it calls {engine!r}", f"Known: {names}")
    if (called.count(engine) if engine else len(called)) == 1:
        return
    if len(set(called)) == len(called) > 1:
        raise UsageProblem(
            f"env.py opened {len(called):,} databases: {names}; remediate works on one",
            f"Choose it: --engine {called[0]}",
        )
    times = (
        f"runs the revisions {len(called):,} times in one database"
        if called and len({(one.name, one.place) for one in visited}) == 1
        else f"opened {len(called):,} databases"
    )
    raise UsageProblem(
        f"env.py {times}{f' ({names})' if names else ''}; remediate works on one",
        "Choose one with -x or --name, as this project's env.py allows.",
    )
