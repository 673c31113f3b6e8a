"""The tables and columns that env.py hides from Alembic: include_name and include_object."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from remediate.catalog.session import read_only
from remediate.errors import RemediateError, UsageProblem, pass_on_interrupt
from remediate.postgres.queries import query
from remediate.project.left_out import LeftOut
from remediate.snapshots.tables import Name
from remediate.system.secrets import scrub

_DEFAULT = "SELECT coalesce(current_schema(), 'public')::text"


class Column(NamedTuple):
    """A column, by its table and name."""

    table: Name
    name: str


def tables_of(metadatas: Iterable[sa.MetaData]) -> tuple[sa.Table, ...]:
    """What Alembic would compare with a database now: modules that are imported later add to it."""
    return tuple(table for metadata in metadatas for table in metadata.tables.values())


def left_out(context: MigrationContext, declared: Iterable[sa.Table]) -> LeftOut:
    """The tables and columns that env.py's filters reject, asked as autogenerate asks them.

    `declared` are the tables that env.py itself hands to Alembic. Must run before search_path is
    changed. Tables are reflected only if there is an include_object, which takes them. Raises
    UsageProblem if a filter fails.
    """
    by = active(context)
    connection = context.connection
    if not by or connection is None:
        return LeftOut()
    with read_only(connection):
        default = str(connection.exec_driver_sql(_DEFAULT).scalar_one())
        versions = Name(context.version_table_schema or default, context.version_table)
        tables = (Name(*row) for row in connection.exec_driver_sql(query(__package__, "tables")))
        live = [name for name in tables if name != versions]
        ask = _Filters(context.opts, default)
        named = [name for name in live if ask.name(name)]
        rejected = set(live).difference(named)
        models = {Name(t.schema or default, t.name): t for t in declared}
        reflected: dict[Name, sa.Table] = {}
        if "include_object" in by:
            reflected = _reflected(connection, named, ask)
            rejected |= set(_rejected(ask, reflected, live, models))
        both = (models.keys() & set(live)) - rejected
        found = connection.exec_driver_sql(query(__package__, "columns"))
        columns = (Column(Name(s, t), c) for s, t, c in found)
        ours = [column for column in columns if column.table in both]
        left = frozenset(c for c in ours if not ask.column(c, models, reflected))
    return LeftOut(frozenset(rejected & set(live)), frozenset(rejected - set(live)), left, by)


def active(context: MigrationContext) -> tuple[str, ...]:
    """The names of the filters that env.py sets."""
    return tuple(f for f in ("include_name", "include_object") if context.opts.get(f))


class _Filters:
    """env.py's functions, called with the arguments that Alembic passes."""

    def __init__(self, options: Mapping[str, Any], default_schema: str) -> None:
        self._options = options
        self.default = default_schema
        self._schemas: dict[str | None, bool] = {}

    def schema(self, name: Name) -> str | None:
        """The schema as Alembic passes it: None for the default one."""
        return None if name.schema == self.default else name.schema

    def name(self, name: Name) -> bool:
        """Whether include_name accepts the table, and its schema."""
        if not (asked := self._options.get("include_name")):
            return True
        schema = self.schema(name)
        if schema not in self._schemas:
            self._schemas[schema] = _answer(
                "include_name", f"the schema {name.schema}", asked, schema, "schema", {}
            )
        if not self._schemas[schema]:
            return False
        qualified = f"{schema}.{name.name}" if schema else name.name
        parents = {"schema_name": schema, "schema_qualified_table_name": qualified}
        return _answer("include_name", f"the table {name}", asked, name.name, "table", parents)

    def object(self, name: Name, model: sa.Table | None, reflected: sa.Table | None) -> bool:
        """Whether include_object accepts the table of the models, of the database, or of both."""
        shown, compared = (reflected, None) if model is None else (model, reflected)
        return _answer(
            "include_object", f"the table {name}", self._options["include_object"],
            shown, name.name, "table", model is None, compared,
        )  # fmt: skip

    def column(
        self, column: Column, models: Mapping[Name, sa.Table], reflected: Mapping[Name, sa.Table]
    ) -> bool:
        """Whether the filters accept a column of a table that models and database have."""
        table, name = column
        what, schema = f"the column {table}.{name}", self.schema(table)
        if asked := self._options.get("include_name"):
            qualified = f"{schema}.{table.name}" if schema else table.name
            parents = {"schema_name": schema, "table_name": table.name}
            parents["schema_qualified_table_name"] = qualified
            if not _answer("include_name", what, asked, name, "column", parents):
                return False
        if table not in reflected or not (asked := self._options.get("include_object")):
            return True
        there = reflected[table].columns.get(name)
        ours = next((c for c in models[table].columns if c.name == name), None)
        shown, compared = (there, None) if ours is None else (ours, there)
        return _answer("include_object", what, asked, shown, name, "column", ours is None, compared)


def _answer(function: str, what: str, asked: Callable[..., object], *arguments: object) -> bool:
    try:
        return bool(asked(*arguments))
    except RemediateError:
        raise
    except Exception as error:
        pass_on_interrupt(error)
        raise UsageProblem(
            f"{function} of env.py failed for {what}: {type(error).__name__}: {scrub(str(error))}",
            "Alembic would fail in the same way: alembic check",
        ) from error


def _rejected(
    ask: _Filters,
    reflected: Mapping[Name, sa.Table],
    live: Iterable[Name],
    models: Mapping[Name, sa.Table],
) -> Iterator[Name]:
    """The names that include_object rejects: of reflected tables, and of models without a table."""
    alone = models.keys() - set(live)
    for name in (*reflected, *sorted(alone)):
        if not ask.object(name, models.get(name), reflected.get(name)):
            yield name


def _reflected(
    connection: sa.Connection, names: Sequence[Name], ask: _Filters
) -> dict[Name, sa.Table]:
    """The tables as the database has them, read with a few statements for each schema."""
    wanted: dict[str, set[str]] = {}
    for name in names:
        wanted.setdefault(name.schema, set()).add(name.name)
    found: dict[Name, sa.Table] = {}
    for schema, tables in wanted.items():
        metadata = sa.MetaData()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sa.exc.SAWarning)  # about types unknown to SQLAlchemy
            metadata.reflect(
                connection,
                schema=ask.schema(Name(schema, "")),
                only=lambda table, _, tables=tables: table in tables,
                resolve_fks=False,
            )
        found |= {Name(schema, table.name): table for table in metadata.tables.values()}
    return found
