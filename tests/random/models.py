"""The models of a schema as Python source: what the application believes."""

from collections.abc import Iterator

from tests.random.schema import Reference, Schema, Table

TYPES = {
    "smallint": "SmallInteger", "integer": "Integer", "bigint": "BigInteger", "numeric": "Numeric",
    "text": "Text", "varchar(40)": "String(40)", "uuid": "Uuid",
}  # fmt: skip
IMPORTS = f"""\
from sqlalchemy import Column, ForeignKeyConstraint, MetaData, Table, text
from sqlalchemy import {", ".join(sorted({type_.partition("(")[0] for type_ in TYPES.values()}))}

metadata = MetaData()
"""


def source(schema: Schema) -> str:
    """A module with all tables that have a model, in one MetaData."""
    return IMPORTS + "\n".join(_lines(schema)) + "\n"


def _lines(schema: Schema) -> Iterator[str]:
    modelled = {table.label for table in schema.tables if table.modelled}
    for table in schema.tables:
        if table.modelled:
            yield _table(table, schema)
    for table in schema.tables:
        for reference in table.references:
            if reference.modelled and {table.label, reference.parent} <= modelled:
                yield _foreign_key(table, reference, schema.table(reference.parent))


def _table(table: Table, schema: Schema) -> str:
    key = table.key
    also = ", primary_key=True" if key.composite else ", nullable=False"
    columns = [
        f"Column({key.column!r}, {TYPES[key.type]}, primary_key=True)",
        f"Column('tenant', Integer{also}, server_default=text('1'))",
        "Column('note', Text)",
        *(_column(reference, schema) for reference in table.references),
    ]
    default = schema.path or "public"
    where = "" if table.name.schema == default else f", schema={table.name.schema!r}"
    listed = ",\n    ".join(columns)
    return f"{table.label} = Table(\n    {table.name.name!r}, metadata,\n    {listed}{where},\n)"


def _column(reference: Reference, schema: Schema) -> str:
    """The column as the model has it: of its parent's type, where it knows the parent."""
    parent = schema.table(reference.parent)
    type_ = parent.key.type if reference.modelled else reference.type
    required = ", nullable=False" if reference.required and parent.ids else ""
    index = ", index=True" if reference.indexed else ""
    return f"Column({reference.column!r}, {TYPES[type_]}{required}{index})"


def _foreign_key(table: Table, reference: Reference, parent: Table) -> str:
    tenant = ["tenant"] if reference.composite else []
    own = ", ".join(f"{table.label}.c[{c!r}]" for c in (*tenant, reference.column))
    its = ", ".join(f"{parent.label}.c[{c!r}]" for c in (*tenant, parent.key.column))
    return f"{table.label}.append_constraint(ForeignKeyConstraint([{own}], [{its}]))"
