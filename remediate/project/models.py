"""Read what the models declare."""

import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from remediate.project import server_defaults
from remediate.project.constructors import has_factory, perhaps
from remediate.project.metadatas import Discovery, ProjectMetadata
from remediate.project.new_tables import NewTables, name_of
from remediate.project.sources import ModelSources
from remediate.snapshots.declared import Declaration, Declared, DuplicateTable, Metadata
from remediate.snapshots.references import ForeignKey, Terms
from remediate.snapshots.snapshot import grouped
from remediate.snapshots.tables import (
    IDENTITY,
    IN_COMPOSITE,
    NO_DEFAULT,
    Column,
    Generator,
    Name,
    Table,
)

_OMITTED = (Generator.NOTHING, Generator.DATABASE)  # what the Column leaves out of an INSERT
_NOT_GENERATED = "autoincrement=False"
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def read(discovery: Discovery, default_schema: str) -> Declared:
    """The primary keys and references of every mapped or Core table.

    If several MetaData declare a table, the first one counts. No database is asked. Foreign keys
    may refer to tables that no MetaData has.
    """
    declarations: dict[Name, list[tuple[ProjectMetadata, sa.Table]]] = {}
    for one in discovery.metadatas:
        for table in one.tables:
            declarations.setdefault(_name(table, default_schema), []).append((one, table))
    tables = [those[0][1] for those in declarations.values()]
    mapped = classes()
    described = tuple(_table(t, default_schema, mapped.get(t)) for t in tables)
    foreign_keys = tuple(fk for t in tables for fk in _foreign_keys(t, default_schema))
    sources = partial(
        ModelSources, default_schema=default_schema, classes=mapped, modules=discovery.modules
    )
    return Declared(
        types=_Types(tables, default_schema),
        tables=described,
        foreign_keys=foreign_keys,
        new_tables=NewTables(
            {_name(t, default_schema): t for t in tables},
            described,
            grouped((fk.table, fk) for fk in foreign_keys),
            default_schema,
        ),
        indexes=frozenset(place for t in tables for place in _indexed(t, default_schema)),
        key_names={
            _name(t, default_schema): str(t.primary_key.name)
            for t in tables
            if isinstance(t.primary_key.name, str)
        },
        qualified=frozenset(_name(t, default_schema) for t in tables if t.schema),
        sources=sources(tables),
        metadatas=tuple(metadata(one, default_schema) for one in discovery.metadatas),
        duplicates=tuple(
            DuplicateTable(name, tuple(_declaration(*each, sources([each[1]])) for each in those))
            for name, those in declarations.items()
            if len(those) > 1
        ),
        unread_modules=discovery.unread,
    )


def _name(table: sa.Table, default_schema: str) -> Name:
    return Name(table.schema or default_schema, table.name)


def _indexed(table: sa.Table, default_schema: str) -> Iterator[tuple[Name, str]]:
    for index in table.indexes:
        if len(index.columns) == 1:
            yield _name(table, default_schema), next(iter(index.columns)).name


def metadata(project_metadata: ProjectMetadata, default_schema: str) -> Metadata:
    """The facts about a MetaData: its name, its tables, and whether Alembic sees it."""
    names = tuple(_name(t, default_schema) for t in project_metadata.tables)
    late = tuple(_name(t, default_schema) for t in project_metadata.late)
    return Metadata(
        project_metadata.name, project_metadata.source, project_metadata.tracked, names, late
    )


def _declaration(
    project_metadata: ProjectMetadata, table: sa.Table, sources: ModelSources
) -> Declaration:
    columns = tuple((c.name, _type_of(c)) for c in table.columns)
    name = next(iter(sources))
    return Declaration(project_metadata.name, sources.get(name), columns)


class _Types(Mapping[tuple[Name, str], str]):
    """The types of all columns, each computed on demand: models may have thousands."""

    def __init__(self, tables: Iterable[sa.Table], default_schema: str) -> None:
        self._columns = {
            (Name(t.schema or default_schema, t.name), c.name): c for t in tables for c in t.columns
        }

    def __getitem__(self, place: tuple[Name, str]) -> str:
        return _type_of(self._columns[place])

    def __iter__(self) -> Iterator[tuple[Name, str]]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def _type_of(column: sa.Column[object]) -> str:
    """The type as PostgreSQL prints it; "" where `_compiled` gives none."""
    return _compiled(column).replace("varchar", "character varying")


def _compiled(column: sa.Column[object]) -> str:
    """The type as SQLAlchemy writes it.

    "" where the column has none: it follows a foreign key that does not resolve, for one.
    """
    try:
        return str(column.type.dialect_impl(_DIALECT).compile(_DIALECT)).lower()
    except (sa.exc.CompileError, sa.exc.UnsupportedCompilationError):
        return ""


def _table(table: sa.Table, default_schema: str, class_: type | None) -> Table:
    return Table(
        name=Name(table.schema or default_schema, table.name),
        key=tuple(c.name for c in table.primary_key),
        columns=tuple(_column(c, table, default_schema, class_) for c in table.primary_key),
    )


def _column(
    column: sa.Column[object], table: sa.Table, default_schema: str, class_: type | None
) -> Column:
    generator, sequence, why = _generator(column, table)
    if generator in _OMITTED and has_factory(column, class_):
        generator, why = Generator.CLIENT, "a default_factory"
    type_ = _compiled(column)
    return Column(
        name=column.name,
        type=type_,
        base_type=type_,
        generator=generator,
        not_null=not column.nullable,
        default=why,
        made_by=perhaps(column, class_) if generator in _OMITTED else "",
        sequences=(Name(sequence.schema or default_schema, sequence.name),)
        if sequence
        else server_defaults.called(column, default_schema),
    )


def _generator(
    column: sa.Column[object], table: sa.Table
) -> tuple[Generator, sa.Sequence | None, str]:
    """Who fills the column according to the model; for CLIENT_SEQUENCE also the sequence."""
    default = column.default
    # An optional Sequence is for other databases: on PostgreSQL the column is SERIAL.
    if isinstance(default, sa.Sequence) and not default.optional:
        return Generator.CLIENT_SEQUENCE, default, ""
    if default is not None and not isinstance(default, sa.Sequence):
        return Generator.CLIENT, None, "a Python-side default"
    # The public attribute that tells whether the ORM omits the column and fetches its value.
    if table.autoincrement_column is column or column.server_default is not None:
        asked = IDENTITY if column.identity is not None else _default_text(column)
        return Generator.DATABASE, None, asked
    return Generator.NOTHING, None, _why_nothing(column, table)


def _default_text(column: sa.Column[object]) -> str:
    """The server_default as the model writes it; "" where it is no SQL, or there is none."""
    written = getattr(column.server_default, "arg", "")
    if isinstance(written, str):
        return f"'{written}'" if written else ""  # SQLAlchemy quotes it
    if isinstance(written, sa.TextClause):
        return written.text
    return server_defaults.sql_of(written) if isinstance(written, sa.sql.ClauseElement) else ""


def _why_nothing(column: sa.Column[object], table: sa.Table) -> str:
    if column.foreign_keys:
        target = _target(next(iter(column.foreign_keys)))
        return f"a foreign key to {'.'.join(part for part in target if part)}"
    if column.autoincrement is False and isinstance(column.type, sa.Integer):
        return _NOT_GENERATED
    if len(table.primary_key) > 1:
        return IN_COMPOSITE
    return _NOT_GENERATED if isinstance(column.type, sa.Integer) else NO_DEFAULT


def _foreign_keys(table: sa.Table, default_schema: str) -> Iterator[ForeignKey]:
    for constraint in table.foreign_key_constraints:
        targets = [_target(element) for element in constraint.elements]
        schema, name, _ = targets[0]
        yield ForeignKey(
            table=Name(table.schema or default_schema, table.name),
            columns=tuple(column.name for column in constraint.columns),
            target=Name(schema or default_schema, name),
            target_columns=tuple(column for *_, column in targets),
            name=name_of(constraint) if isinstance(constraint.name, str) else "",
            on_delete=(constraint.ondelete or "").upper(),
            terms=_terms(constraint),
        )


def _terms(constraint: sa.ForeignKeyConstraint) -> Terms:
    on_update, match = ((w or "").upper() for w in (constraint.onupdate, constraint.match))
    deferred = (constraint.initially or "").upper() == "DEFERRED"
    deferrable = "DEFERRABLE" if constraint.deferrable or deferred else ""
    return Terms(
        on_update="" if on_update == "NO ACTION" else on_update,
        deferrable=f"{deferrable} INITIALLY DEFERRED" if deferred else deferrable,
        match="" if match == "SIMPLE" else match,
    )


def _target(element: sa.ForeignKey) -> tuple[str, str, str]:
    """Schema ("" for the default one), table and column, as the database names them."""
    try:
        column = element.column
    except sa.exc.NoReferenceError:  # no MetaData of env.py has its table
        *schema, name, key = element.target_fullname.rsplit(".", 2)
        return (schema[0] if schema else "", name, key)
    return (column.table.schema or "", column.table.name, column.name)


def classes() -> dict[object, type]:
    """The mapped class of each table."""
    found: dict[object, type] = {}
    for module in list(sys.modules.values()):
        for value in list(getattr(module, "__dict__", {}).values()):
            table = value.__dict__.get("__table__") if inspect.isclass(value) else None
            if isinstance(table, sa.Table) and table not in found and _is_home(value, module):
                found[table] = value
    return found


def _is_home(class_: type, module: object) -> bool:
    return class_.__module__ == getattr(module, "__name__", None)
