"""Ask Alembic's autogenerate what it would write, on the connection of env.py. Reads only."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql

from remediate.analysis.audit.autogenerate import Compared, Kind, Proposed
from remediate.catalog.session import read_only
from remediate.errors import RemediateError, pass_on_interrupt
from remediate.postgres.connections import sqlstate
from remediate.postgres.sql import ident
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from remediate.system.secrets import scrub

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_PLUGINS = "autogenerate_plugins"
_KINDS: dict[type[ops.MigrateOperation], Kind] = {
    ops.DropColumnOp: Kind.DROP_COLUMN,
    ops.DropConstraintOp: Kind.DROP_CONSTRAINT,
    ops.DropIndexOp: Kind.DROP_INDEX,
    ops.AlterColumnOp: Kind.ALTER_COLUMN,
    ops.CreateTableOp: Kind.CREATE_TABLE,
    ops.DropTableOp: Kind.DROP_TABLE,
    ops.AddColumnOp: Kind.ADD_COLUMN,
    ops.CreateIndexOp: Kind.CREATE_INDEX,
    ops.CreateForeignKeyOp: Kind.ADD_CONSTRAINT,
    ops.CreateUniqueConstraintOp: Kind.ADD_CONSTRAINT,
    ops.CreateCheckConstraintOp: Kind.ADD_CONSTRAINT,
    ops.CreatePrimaryKeyOp: Kind.ADD_CONSTRAINT,
}


def compare(context: MigrationContext | None, live: Live) -> Compared:
    """What Alembic proposes with the filters and options of env.py; else why it cannot tell."""
    connection = context.connection if context is not None else None
    if context is None or connection is None:
        return Compared(failure="there is no Alembic project here")
    metadata = context.opts.get("target_metadata")
    if not metadata:
        return Compared(failure="env.py passes no MetaData to Alembic (target_metadata)")
    try:
        with _asked_alone(context), read_only(connection), _taken_back(connection):
            _look_as_before(connection, live)
            script = produce_migrations(context, metadata)
    except RemediateError:
        raise
    except Exception as error:
        pass_on_interrupt(error)
        return Compared(failure=_reason(error))
    found = script.upgrade_ops.ops if script.upgrade_ops else ()
    return Compared(
        tuple(_proposed(found, live.database.default_schema)),
        include_schemas=bool(context.opts.get("include_schemas")),
        types=bool(context.opts.get("compare_type", True)),
    )


def _reason(error: Exception) -> str:
    """In one line; of the server's own words the first."""
    if isinstance(error, sa.exc.DBAPIError):
        if sqlstate(error) == "55P03":
            return "another session holds a lock on a table"
        return scrub(str(error.orig).partition("\n")[0])
    return f"{type(error).__name__}: {scrub(str(error))}".partition("\n")[0]


@contextmanager
def _asked_alone(context: MigrationContext) -> Iterator[None]:
    """Without the plugin of this package, which would judge all over again; and quietly."""
    options, given = context.opts, context.opts.get(_PLUGINS)
    disabled = logging.root.manager.disable
    if given:
        options[_PLUGINS] = [one for one in given if not one.startswith("remediate")]
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sa.exc.SAWarning)  # about types unknown to SQLAlchemy
            yield
    finally:
        logging.disable(disabled)
        if given:
            options[_PLUGINS] = given


@contextmanager
def _taken_back(connection: sa.Connection) -> Iterator[None]:
    """Leave the transaction as it was: usable after an error, its settings and locks given back."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        if not connection.invalidated:
            savepoint.rollback()


def _look_as_before(connection: sa.Connection, live: Live) -> None:
    """Find unqualified tables as the session does: reading has set another search_path since."""
    path = ", ".join(ident(schema) for schema in live.database.search_path)
    connection.exec_driver_sql(f"SET LOCAL search_path = {path or chr(39) * 2}")


def _proposed(found: Sequence[ops.MigrateOperation], schema: str) -> Iterator[Proposed]:
    for operation in found:
        if isinstance(operation, ops.OpContainer):
            yield from _proposed(operation.ops, schema)
        else:
            kind = _KINDS.get(type(operation), Kind.OTHER)
            table, detail = _table(operation, schema), _detail(operation, schema)
            yield Proposed(kind, table, _name(operation), detail)


def _table(operation: ops.MigrateOperation, default: str) -> Name | None:
    """The table that it is about; None where it names none."""
    if isinstance(operation, ops.CreateForeignKeyOp):
        return Name(operation.kw.get("source_schema") or default, operation.source_table)
    name = getattr(operation, "table_name", None)
    return Name(getattr(operation, "schema", None) or default, str(name)) if name else None


def _name(operation: ops.MigrateOperation) -> str:
    """The column, constraint or index; "" where it has no name, or is about a table."""
    if isinstance(operation, ops.AddColumnOp):
        return operation.column.name
    names = (getattr(operation, f"{kind}_name", None) for kind in _NAMED)
    return str(next(filter(None, names), ""))


_NAMED = ("column", "constraint", "index")


def _detail(operation: ops.MigrateOperation, schema: str) -> str:
    """What is to become of it."""
    match operation:
        case ops.AddColumnOp():
            return _type(operation.column.type)
        case ops.AlterColumnOp():
            return ", ".join(_alterations(operation))
        case ops.CreateForeignKeyOp():
            target = Name(operation.kw.get("referent_schema") or schema, operation.referent_table)
            return f"({', '.join(operation.local_cols)}) -> {target}"
        case ops.CreateUniqueConstraintOp() | ops.CreatePrimaryKeyOp():
            return f"({', '.join(operation.columns)})"
        case ops.DropConstraintOp():
            return operation.constraint_type or ""
    return "" if type(operation) in _KINDS else type(operation).__name__


def _alterations(operation: ops.AlterColumnOp) -> Iterator[str]:
    if operation.modify_type is not None:
        old = operation.existing_type
        yield f"{_type(old) if old is not None else '?'} to {_type(operation.modify_type)}"
    if operation.modify_nullable is not None:
        yield "NULL allowed" if operation.modify_nullable else "NOT NULL"
    if operation.modify_server_default is not False:
        yield "default dropped" if operation.modify_server_default is None else "another default"
    if operation.modify_comment is not False:
        yield "comment"


def _type(type_: sa.types.TypeEngine[object]) -> str:
    """As SQLAlchemy writes it for PostgreSQL; its class where that knows no such type."""
    try:
        return str(type_.compile(_DIALECT)).lower()
    except (sa.exc.CompileError, sa.exc.UnsupportedCompilationError):
        return type(type_).__name__
