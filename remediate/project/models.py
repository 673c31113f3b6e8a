"""What the models declare, as a Declared."""

import dataclasses
import inspect
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from remediate.project.metadatas import Found
from remediate.project.sources import Written
from remediate.snapshots.declared import Declaration, Declared, Metadata, Missed, Twice
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import (
    IDENTITY,
    IN_COMPOSITE,
    NO_DEFAULT,
    Column,
    Generator,
    Name,
    Table,
)

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def read(
    found: Sequence[Found],
    default_schema: str,
    modules: Iterable[ModuleType] = (),
    missed: tuple[Missed, ...] = (),
) -> Declared:
    """The primary keys and references of every mapped or Core table.

    Of a table that several MetaData declare, the first one counts. Nothing is asked of the
    database, and no order among the tables is assumed: models may hold foreign keys that do not
    resolve.
    """
    named: dict[Name, list[tuple[Found, sa.Table]]] = {}
    for one in found:
        for table in one.metadata.tables.values():
            named.setdefault(_name(table, default_schema), []).append((one, table))
    tables = [declarations[0][1] for declarations in named.values()]
    classes = _classes()
    several = {name: some for name, some in named.items() if len(some) > 1}
    return Declared(
        types=_Types(tables, default_schema),
        tables=tuple(_table(t, default_schema, classes.get(t)) for t in tables),
        foreign_keys=tuple(fk for t in tables for fk in _foreign_keys(t, default_schema)),
        indexes=frozenset(place for t in tables for place in _indexed(t, default_schema)),
        qualified=frozenset(_name(t, default_schema) for t in tables if t.schema),
        written=Written(tables, default_schema, classes, modules),
        metadatas=tuple(metadata(one, default_schema) for one in found),
        twice=tuple(
            Twice(
                name,
                tuple(
                    _declaration(one, table, Written([table], default_schema, classes, modules))
                    for one, table in some
                ),
            )
            for name, some in several.items()
        ),
        missed=missed,
    )


def _name(table: sa.Table, default_schema: str) -> Name:
    return Name(table.schema or default_schema, table.name)


def _indexed(table: sa.Table, default_schema: str) -> Iterator[tuple[Name, str]]:
    for index in table.indexes:
        if len(index.columns) == 1:
            yield _name(table, default_schema), next(iter(index.columns)).name


def metadata(found: Found, default_schema: str) -> Metadata:
    """What is known of a MetaData as such."""
    names = tuple(_name(t, default_schema) for t in found.metadata.tables.values())
    late = tuple(_name(t, default_schema) for t in found.late)
    return Metadata(found.name, found.source, found.tracked, names, late)


def _declaration(found: Found, table: sa.Table, written: Written) -> Declaration:
    columns = tuple((c.name, _type_of(c)) for c in table.columns)
    name = next(iter(written))
    return Declaration(found.name, written.get(name), columns)


class _Types(Mapping[tuple[Name, str], str]):
    """The types of all columns, each made out when it is asked for: models may have thousands."""

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
    """As PostgreSQL prints it; "" where the type takes that of a column that is not there."""
    try:
        text = str(column.type.dialect_impl(_DIALECT).compile(_DIALECT)).lower()
    except (sa.exc.CompileError, sa.exc.UnsupportedCompilationError):
        return ""
    return text.replace("varchar", "character varying")


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
    if generator is Generator.NOTHING and _made_by_dataclass(column, class_):
        generator, why = Generator.CLIENT, "a default_factory"
    type_ = column.type.dialect_impl(_DIALECT).compile(_DIALECT).lower()
    return Column(
        name=column.name,
        type=type_,
        base_type=type_,
        generator=generator,
        not_null=not column.nullable,
        default=why,
        sequences=(Name(sequence.schema or default_schema, sequence.name),) if sequence else (),
    )


def _made_by_dataclass(column: sa.Column[object], class_: type | None) -> bool:
    """Whether a mapped dataclass makes the value when an object is made (default_factory)."""
    fields = getattr(class_, "__dataclass_fields__", {})
    field = fields.get(column.key)
    return field is not None and field.default_factory is not dataclasses.MISSING


def _generator(
    column: sa.Column[object], table: sa.Table
) -> tuple[Generator, sa.Sequence | None, str]:
    """Who fills the column, by the word of the model; for CLIENT_SEQUENCE also the sequence."""
    default = column.default
    # An optional Sequence is for other databases: on PostgreSQL the column is SERIAL.
    if isinstance(default, sa.Sequence) and not default.optional:
        return Generator.CLIENT_SEQUENCE, default, ""
    if default is not None and not isinstance(default, sa.Sequence):
        return Generator.CLIENT, None, "a Python-side default"
    # The public oracle for "the ORM leaves this column out and expects a value back".
    if table.autoincrement_column is column or column.server_default is not None:
        return Generator.DATABASE, None, IDENTITY if column.identity is not None else ""
    return Generator.NOTHING, None, _why_nothing(column, table)


def _why_nothing(column: sa.Column[object], table: sa.Table) -> str:
    if column.foreign_keys:
        target = _target(next(iter(column.foreign_keys)))
        return f"a foreign key to {'.'.join(part for part in target if part)}"
    if len(table.primary_key) > 1:
        return IN_COMPOSITE
    return "autoincrement=False" if isinstance(column.type, sa.Integer) else NO_DEFAULT


def _foreign_keys(table: sa.Table, default_schema: str) -> Iterator[ForeignKey]:
    for constraint in table.foreign_key_constraints:
        targets = [_target(element) for element in constraint.elements]
        schema, name, _ = targets[0]
        yield ForeignKey(
            table=Name(table.schema or default_schema, table.name),
            columns=tuple(column.name for column in constraint.columns),
            target=Name(schema or default_schema, name),
            target_columns=tuple(column for *_, column in targets),
            name=constraint.name if isinstance(constraint.name, str) else "",
            on_delete=(constraint.ondelete or "").upper(),
        )


def _target(element: sa.ForeignKey) -> tuple[str, str, str]:
    """Schema ("" for the default one), table and column, by their names in the database."""
    try:
        column = element.column
    except sa.exc.NoReferenceError:  # its table is in no MetaData that env.py knows
        *schema, name, key = element.target_fullname.rsplit(".", 2)
        return (schema[0] if schema else "", name, key)
    return (column.table.schema or "", column.table.name, column.name)


def _classes() -> dict[object, type]:
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
