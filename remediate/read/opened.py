"""What `remediate doctor` wants to know of a database that env.py opens."""

from alembic.runtime.migration import MigrationContext

from remediate.doctor import Opened
from remediate.errors import UsageProblem
from remediate.read import filters
from remediate.read.catalog import database
from remediate.read.project import Environment, engine_name
from remediate.read.session import read_only, settle
from remediate.read.statements import rows
from remediate.schema import Name
from remediate.sql import literal

_LOGIN = "SELECT session_user::text"
_VERSION_TYPE = """\
SELECT pg_catalog.format_type(a.atttypid, a.atttypmod)
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relname = {name}
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = {schema}
WHERE a.attname = 'version_num'"""


def read(context: MigrationContext, environment: Environment) -> Opened:
    """One database, by a few small statements; no table is read."""
    connection = context.connection
    if connection is None:
        raise UsageProblem("env.py opened no connection", "Does `alembic current` work?")
    left_out = filters.left_out(context, environment.metadatas)
    with read_only(connection):
        facts = database(connection)
        login = str(connection.exec_driver_sql(_LOGIN).scalar_one())
        settle(connection)
        schema = environment.version_table.schema or facts.default_schema
        table = Name(schema, environment.version_table.name)
        named = {"schema": literal(table.schema), "name": literal(table.name)}
        type_ = connection.exec_driver_sql(_VERSION_TYPE.format(**named)).scalar()
        limits = rows(connection, "limits")[0]
    return Opened(
        engine=engine_name(context),
        database=facts,
        driver=connection.dialect.driver,
        is_async=connection.dialect.is_async,
        login=login,
        heads=environment.heads,
        models=tuple(len(m.tables) for m in environment.metadatas),
        filters=left_out.by,
        include_schemas=bool(context.opts.get("include_schemas")),
        left_out=len(left_out.tables),
        version_table=table,
        version_type=str(type_) if type_ else None,
        unreadable=tuple(limits["tables"]),
        unread_sequences=tuple(limits["sequences"]),
        hidden=tuple(limits["hidden"]),
    )
