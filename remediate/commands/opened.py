"""One database as env.py opens it: what `remediate doctor` asks of it."""

from collections.abc import Callable
from dataclasses import replace

from alembic.runtime.migration import MigrationContext

from remediate.catalog import libpq
from remediate.catalog.catalog import database
from remediate.catalog.session import configure, read_only, rows
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.postgres.sql import literal
from remediate.project import filters
from remediate.project.inside import metadatas_of
from remediate.project.project import Environment, Project, engine_name
from remediate.rehearsal.versions import version_table
from remediate.snapshots.live import Database
from remediate.snapshots.tables import Name
from remediate.verification.checkup import Opened

_LOGIN = "SELECT session_user::text"
_STANDBY = "SELECT pg_is_in_recovery()"
_VERSION_TYPE = """\
SELECT pg_catalog.format_type(a.atttypid, a.atttypmod)
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relname = {name}
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = {schema}
WHERE a.attname = 'version_num'"""


def read(
    context: MigrationContext, environment: Environment, project: Project, config: Config
) -> Callable[[], Opened]:
    """One database, by a few small statements; no table is read. And the models, as `plan` does.

    What is returned is to be called when env.py has closed its connection: it opens the next one.
    """
    connection = context.connection
    if connection is None:
        raise UsageProblem("env.py opened no connection", "Check that `alembic current` works.")
    left_out = filters.left_out(context, filters.tables_of(environment.metadatas))
    found = metadatas_of(project, config, environment.metadatas)
    with read_only(connection):
        facts = database(connection)
        standby = bool(connection.exec_driver_sql(_STANDBY).scalar_one())
        login = str(connection.exec_driver_sql(_LOGIN).scalar_one())
        configure(connection)
        schema = environment.version_table.schema or facts.default_schema
        table = Name(schema, environment.version_table.name)
        named = {"schema": literal(table.schema), "name": literal(table.name)}
        type_ = connection.exec_driver_sql(_VERSION_TYPE.format(**named)).scalar()
        limits = rows(connection, "limits")[0]
    parameters = libpq.environment(connection)
    opened = Opened(
        engine=engine_name(context),
        database=facts,
        standby=standby,
        driver=connection.dialect.driver,
        is_async=connection.dialect.is_async,
        login=login,
        heads=environment.heads,
        models=tuple(len(m.metadata.tables) for m in found.metadatas if m.tracked),
        untracked=sum(len(m.metadata.tables) for m in found.metadatas if not m.tracked),
        filters=left_out.by,
        include_schemas=bool(context.opts.get("include_schemas")),
        left_out=len(left_out.tables),
        version_table=table,
        version_type=str(type_) if type_ else None,
        no_version_table=None,
        unreadable=tuple(limits["tables"]),
        unread_sequences=tuple(limits["sequences"]),
        hidden=tuple(limits["hidden"]),
    )
    return lambda: replace(
        opened, no_version_table=_no_version_table(parameters, environment, facts)
    )


def _no_version_table(
    parameters: dict[str, str], environment: Environment, facts: Database
) -> tuple[str, str] | None:
    """Why Alembic could not make its version table, and what to do; None where it could."""
    try:
        version_table(parameters, environment.version_table, facts)
    except UsageProblem as problem:
        return problem.message, problem.hint
    return None
