"""At which revision a database is, without waiting long for whoever has Alembic's table locked."""

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from remediate.errors import DatabaseProblem
from remediate.postgres.connections import sqlstate
from remediate.postgres.sql import quote

_LOCKED = "55P03"
_WAIT = "SET LOCAL lock_timeout = '2s'"  # as for all that is read


def briefly(context: MigrationContext) -> None:
    """Have the context wait 2 s at most for its version table; in AUTOCOMMIT it waits on.

    It then raises DatabaseProblem, which names the table.
    """
    read, connection = context.get_current_heads, context.connection
    if connection is None or context.dialect.name != "postgresql":
        return

    def get_current_heads() -> tuple[str, ...]:
        connection.exec_driver_sql(_WAIT)
        try:
            return read()
        except sa.exc.DBAPIError as error:
            if sqlstate(error) != _LOCKED:
                raise
            names = filter(None, (context.version_table_schema, context.version_table))
            shown = ".".join(map(quote, names))
            raise DatabaseProblem(
                f"another session holds a lock on {shown}, which records the revision of the "
                "database",
                "If a migration is running, wait for its end; otherwise pg_locks shows which "
                "session holds the lock.",
            ) from error

    context.get_current_heads = get_current_heads  # type: ignore[method-assign]
