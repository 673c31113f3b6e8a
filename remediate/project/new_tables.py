"""Tables as SQLAlchemy would create them, in parts: nothing is sent to a database.

Names without a schema get the default one, so that no search_path decides where a table is made;
those of a schema that stands for another get that one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateSequence, CreateTable
from sqlalchemy.sql.ddl import BaseDDLElement

from remediate.postgres.sql import NAME_BYTES, numbered, quote
from remediate.project.server_defaults import called
from remediate.project.translation import Remade, translated
from remediate.snapshots.new_tables import NewColumn, NewEnum, NewObject, NewTable
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name, Table

# With paramstyle "named" no % is doubled; PostgreSQL's strings take a backslash as it is.
_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_DIALECT._backslash_escapes = False  # noqa: SLF001  (SQLAlchemy learns it from a connection)

_LINES = re.compile(r"('(?:[^']|'')*')")
_WORD = r'(?:"(?:[^"]|"")+"|[A-Za-z_]\w*)'
_NAMED_TYPE = re.compile(rf"(?:{_WORD}\.)?{_WORD}")
# First words of types that SQL itself spells, or that models have as serial.
_OF_SQL = frozenset(
    {
        "bigint", "bigserial", "bit", "boolean", "char", "character", "dec", "decimal", "double",
        "float", "int", "integer", "interval", "national", "nchar", "numeric", "real", "serial",
        "smallint", "smallserial", "time", "timestamp", "varchar",
    }
)  # fmt: skip


Schemas = Mapping[str, str]  # of models ("": those that name none), where they are


class NewTables(Remade[Name, NewTable]):
    """Each table of the models in parts, made on demand: few of them are missing."""

    def __init__(
        self,
        tables: Mapping[Name, sa.Table],
        declared: Iterable[Table],
        foreign_keys: Mapping[Name, tuple[ForeignKey, ...]],
        default_schema: str,
    ) -> None:
        self._tables = tables
        self._declared = {table.name: table for table in declared}
        self._foreign_keys = foreign_keys
        self._schema = default_schema

    def __getitem__(self, name: Name) -> NewTable:
        return self.made(name, {})

    def made(self, key: Name, schemas: Schemas) -> NewTable:
        known = translated(self._declared[key], schemas)
        keys = translated(self._foreign_keys.get(key, ()), schemas)
        places = {**schemas, "": schemas.get(self._schema, self._schema)}
        try:
            return _new_table(self._tables[key], known, keys, places)
        except Exception as error:  # a type of the project is code of the project, too
            reason = " ".join(str(error).split())
            return NewTable(known, foreign_keys=keys, obstacle=f"SQLAlchemy: {reason}")

    def __iter__(self) -> Iterator[Name]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def _placed(schema: str | None, schemas: Schemas) -> str:
    return schemas.get(schema or "", schema or "")


def name_of(one: sa.ForeignKeyConstraint | sa.Index) -> str:
    """Its name, which SQLAlchemy shortens where a naming convention makes it too long."""
    try:
        written = _DIALECT.identifier_preparer.format_constraint(one) or ""
    except sa.exc.IdentifierError:  # one that a model gives it
        return str(one.name)
    return written[1:-1].replace('""', '"') if written.startswith('"') else written


def _new_table(
    table: sa.Table, declared: Table, keys: tuple[ForeignKey, ...], schemas: Schemas
) -> NewTable:
    untyped = frozenset(c.name for c in table.columns if _follows(c))
    table = _typed(table, untyped) if untyped else table
    columns = tuple(_column(c, schemas) for c in table.columns if not c.system)
    text = _sql(CreateTable(table, include_foreign_key_constraints=[]), schemas).strip()
    head, _, body = text.partition(" (\n")
    start = ", \n".join(f"\t{c.quoted} {c.type}{c.rest}" for c in columns)
    rest, closed, tail = body.removeprefix(start).rpartition("\n)")
    create = re.sub(r"\s+", " ", head[: head.find("TABLE") + len("TABLE")])
    enums = tuple(dict.fromkeys(e for c in table.columns for e in _enums(c.type, schemas)))
    return NewTable(
        replace(declared, logged="UNLOGGED" not in create),
        create=create,
        columns=tuple(replace(c, type="") if c.name in untyped else c for c in columns),
        constraints=_laid_out(rest.removeprefix(", \n\t")),
        tail=" ".join(tail.split()),
        foreign_keys=tuple(_named(keys)),
        indexes=tuple(_index(i, schemas) for i in sorted(table.indexes, key=lambda i: str(i.name))),
        sequences=tuple(dict.fromkeys(s for c in table.columns for s in _sequences(c, schemas))),
        called=tuple(dict.fromkeys(s for c in table.columns for s in called(c, schemas[""]))),
        enums=enums,
        types=_types(columns, enums),
        comments=tuple(_comments(table, declared.name)),
        obstacle=_too_long(table, keys)
        or _obstacle(table, create, readable=body.startswith(start) and bool(closed)),
    )


def _follows(column: sa.Column[object]) -> bool:
    """Whether its type is that of a column which no MetaData of its own has."""
    return isinstance(column.type, sa.types.NullType) and bool(column.foreign_keys)


def _typed(table: sa.Table, untyped: frozenset[str]) -> sa.Table:
    """A copy that can be written: these columns get a type that is not looked at."""
    copy = table.to_metadata(sa.MetaData(naming_convention=table.metadata.naming_convention))
    for column in copy.columns:
        if column.name in untyped:
            column.type = sa.Integer()
    return copy


def _named(keys: tuple[ForeignKey, ...]) -> Iterator[ForeignKey]:
    """Each with a name: its model's, or else the one that PostgreSQL would choose.

    SQLAlchemy has them in no order: by their columns, so that the text is the same each time.
    """
    taken = {fk.name for fk in keys}
    for fk in sorted(keys, key=lambda fk: (fk.columns, fk.target)):
        names = numbered(fk.table.name, "_".join(fk.columns), "fkey")
        name = fk.name or next(one for one in names if one not in taken)
        taken.add(name)
        yield replace(fk, name=name)


def _sql(element: BaseDDLElement, schemas: Schemas) -> str:
    places = {schema or None: place for schema, place in schemas.items()}
    return str(
        element.compile(dialect=_DIALECT, schema_translate_map=places, render_schema_translate=True)
    )


def _column(column: sa.Column[object], schemas: Schemas) -> NewColumn:
    """Its parts: what SQLAlchemy writes of the name and the type alone is its beginning."""
    written = _sql(CreateColumn(column), schemas)
    quoted = _DIALECT.identifier_preparer.format_column(column)
    alone = _sql(CreateColumn(sa.Column(column.name, column.type)), schemas)
    type_ = alone.removeprefix(f"{quoted} ")
    if not written.startswith(alone):  # SERIAL
        type_ = written.removeprefix(f"{quoted} ").partition(" ")[0]
    start = f"{quoted} {type_}"
    rest = written.removeprefix(start)
    return NewColumn(column.name, quoted, type_, rest, _stored(column, schemas).removeprefix(start))


def _stored(column: sa.Column[object], schemas: Schemas) -> str:
    """A computed column of which its model does not say whether it is stored; "" for others."""
    if column.computed is None or column.computed.persisted is not None:
        return ""
    stored = sa.Computed(column.computed.sqltext, persisted=True)
    alike = sa.Column(column.name, column.type, stored, nullable=column.nullable)
    return _sql(CreateColumn(alike), schemas)


def _laid_out(constraints: str) -> str:
    """One a line, as far as no text in quotes is touched."""
    parts = _LINES.split(constraints)
    parts[::2] = (part.replace(", \n\t", ",\n  ") for part in parts[::2])
    return "".join(parts)


def _index(index: sa.Index, schemas: Schemas) -> NewObject:
    table = index.table
    ddl = _sql(CreateIndex(index), schemas).replace(" CONCURRENTLY ", " ", 1)
    name = Name(_placed(None if table is None else table.schema, schemas), name_of(index))
    return NewObject(name, " ".join(ddl.split()) if "'" not in ddl else ddl.strip())


def _sequences(column: sa.Column[object], schemas: Schemas) -> Iterator[NewObject]:
    """Those that its defaults name; an optional one is for other databases."""
    given = getattr(column.server_default, "arg", None)
    for one in (column.default, getattr(given, "sequence", None)):
        if isinstance(one, sa.Sequence) and not one.optional:
            name = Name(_placed(one.schema, schemas), one.name)
            yield NewObject(name, _sql(CreateSequence(one), schemas))


def _enums(type_: sa.types.TypeEngine[object], schemas: Schemas) -> Iterator[NewEnum]:
    known = type_.dialect_impl(_DIALECT)
    known = getattr(known, "impl", known) if isinstance(known, sa.types.TypeDecorator) else known
    if isinstance(known, sa.ARRAY):
        yield from _enums(known.item_type, schemas)
    elif isinstance(known, sa.Enum) and known.native_enum and known.name:
        yield NewEnum(Name(_placed(known.schema, schemas), known.name), tuple(known.enums))


def _types(columns: Iterable[NewColumn], enums: Iterable[NewEnum]) -> tuple[str, ...]:
    """The names of types that an extension or the project has to bring."""
    made = {str(enum.name) for enum in enums}
    found = (match[0] for c in columns if (match := _NAMED_TYPE.match(c.type)))
    named = dict.fromkeys(one if '"' in one else one.lower() for one in found)
    return tuple(one for one in named if one not in _OF_SQL and one not in made)


def _comments(table: sa.Table, name: Name) -> Iterator[tuple[str, str]]:
    if table.comment:
        yield f"TABLE {name}", table.comment
    for column in table.columns:
        if column.comment:
            yield f"COLUMN {name}.{quote(column.name)}", column.comment


def _too_long(table: sa.Table, keys: Iterable[ForeignKey]) -> str:
    """SQLAlchemy itself refuses such a name of an index or another constraint."""
    names = (table.name, *(c.name for c in table.columns), *(fk.name for fk in keys))
    longer = next((name for name in names if len(name.encode()) > NAME_BYTES), "")
    return longer and f"PostgreSQL cuts names after {NAME_BYTES} bytes: shorten {quote(longer)}"


def _obstacle(table: sa.Table, create: str, *, readable: bool) -> str:
    if "TEMPORARY" in create or "FOREIGN" in create:
        return f"its model asks for {create}"
    if table.dialect_options["postgresql"]["inherits"]:
        return "its model asks for INHERITS: create it by hand, beside its parent"
    return "" if readable else "SQLAlchemy writes its CREATE TABLE in an unknown way"
