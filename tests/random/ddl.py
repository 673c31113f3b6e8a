"""The statements that make a schema, rows included, as a superuser runs them in an empty database."""

from collections.abc import Iterator

from tests.random.defects import DEFECTS
from tests.random.names import create_roles, literal, quoted
from tests.random.schema import LIMITS, Key, Made, Reference, Schema, Shape, Table
from tests.random.surroundings import SURROUNDINGS


def script(schema: Schema) -> str:
    """One statement after another."""
    return ";\n".join(_statements(schema)) + ";\n"


def _statements(schema: Schema) -> Iterator[str]:
    yield create_roles().rstrip(";")
    yield from _spaces(schema)
    for table in schema.tables:
        yield from _table(table, schema)
    for table in schema.tables:
        yield from _references(table, schema)
    for table in schema.tables:
        for one in table.surroundings:
            yield from SURROUNDINGS[one.kind](table, one)
    for table in schema.tables:
        yield from _owners(table)
        for defect in table.defects:
            yield from DEFECTS[defect.kind].sql(table, defect, schema)
        yield from _grants(table)
    yield "ANALYZE"


def _spaces(schema: Schema) -> Iterator[str]:
    for space in schema.spaces:
        if space.name != "public":
            yield f"CREATE SCHEMA {quoted(space.name)} AUTHORIZATION {quoted(space.owner)}"
        yield f"REVOKE ALL ON SCHEMA {quoted(space.name)} FROM PUBLIC"
        for role in space.users:
            yield f"GRANT USAGE ON SCHEMA {quoted(space.name)} TO {role if role == 'public' else quoted(role)}"
    traits = {trait.kind for trait in schema.traits}
    if "default privileges" in traits:
        for role in ("postgres", "random_owner"):
            yield f"ALTER DEFAULT PRIVILEGES FOR ROLE {role} GRANT SELECT ON TABLES TO random_nobody"
    if "default privileges of sequences" in traits:
        yield "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO random_nobody"
    if schema.path:
        alter = (
            f"ALTER DATABASE %I SET search_path = {quoted(schema.path).replace('%', '%%')}, public"
        )
        yield f"DO $do$ BEGIN EXECUTE format({literal(alter)}, current_database()); END $do$"


def _table(table: Table, schema: Schema) -> Iterator[str]:
    key = table.key
    if key.domain:
        yield f"CREATE DOMAIN {table.beside('number')} AS {key.type} CHECK (VALUE <> 0)"
    if key.made is Made.SERIAL:
        yield f"CREATE SEQUENCE {table.sequence} {_sequence_options(key)}"
    unlogged = "UNLOGGED " if table.shape is Shape.UNLOGGED else ""
    columns = [
        f"{quoted(key.column)} {_key_type(table)}",
        "tenant integer NOT NULL DEFAULT 1",
        "note text DEFAULT 'new'",
        *(_column(reference, schema) for reference in table.references),
        f"PRIMARY KEY {table.primary_key}",
    ]
    by = f" PARTITION BY RANGE ({quoted(key.column)})" if table.shape is Shape.PARTITIONED else ""
    yield f"CREATE {unlogged}TABLE {table.sql} ({', '.join(columns)}){by}"
    if key.made is Made.SERIAL:
        yield f"ALTER SEQUENCE {table.sequence} OWNED BY {table.sql}.{quoted(key.column)}"
    yield from _children(table)
    yield from _rows(table, schema)


def _children(table: Table) -> Iterator[str]:
    key, of = table.key, f"{table.sql}"
    if table.shape is Shape.PARTITIONED:
        middle = key.first + (key.rows // 2) * key.step
        low, rest = table.beside("low"), table.beside("rest")
        yield f"CREATE TABLE {low} PARTITION OF {of} FOR VALUES FROM (MINVALUE) TO ({middle})"
        yield f"CREATE TABLE {rest} PARTITION OF {of} DEFAULT"
    if table.shape is Shape.PARENT:
        yield f"CREATE TABLE {table.beside('child')} (PRIMARY KEY {table.primary_key}) INHERITS ({of})"


def _sequence_options(key: Key) -> str:
    down = f" INCREMENT {key.step} MINVALUE {-LIMITS[key.type]} MAXVALUE -1 START -1"
    step = down if key.step < 0 else f" INCREMENT {key.step}"
    return f"AS {key.type}{step} CACHE {key.cache}"


def _key_type(table: Table) -> str:
    key = table.key
    type_ = table.beside("number") if key.domain else key.type
    if key.made is Made.SERIAL:
        return f"{type_} DEFAULT nextval({literal(table.sequence)}::regclass)"
    if key.made is Made.UUID:
        return f"{type_} DEFAULT gen_random_uuid()"
    if key.made is Made.NOTHING:
        return type_
    options = _sequence_options(key).partition(" INCREMENT ")[2]
    name = f"SEQUENCE NAME {table.sequence} INCREMENT {options}"
    return f"{key.type} {key.made.value} AS IDENTITY ({name})"


def _column(reference: Reference, schema: Schema) -> str:
    parent = schema.table(reference.parent)
    default = ""
    if reference.default and parent.ids:
        value = parent.ids[0] if reference.default == "parent" else _orphan(parent)
        default = f" DEFAULT {literal(value)}"
    required = " NOT NULL" if reference.required and parent.ids else ""
    return f"{quoted(reference.column)} {reference.type}{default}{required}"


def _orphan(parent: Table) -> str:
    """A value of the key's type that no row has."""
    if parent.key.made is Made.UUID:
        return "00000000-0000-0000-0000-000000000000"
    return str(parent.key.first - 3 if parent.key.step > 0 else -parent.key.rows - 4)


def _rows(table: Table, schema: Schema) -> Iterator[str]:
    names = [table.key.column, "tenant", "note", *(r.column for r in table.references)]
    rows = [
        ", ".join([literal(id_), "1", literal(f"note {n}"), *(
            _value(reference, schema.table(reference.parent), n) for reference in table.references
        )])
        for n, id_ in enumerate(table.ids)
    ]  # fmt: skip
    if not rows:
        return
    over = " OVERRIDING SYSTEM VALUE" if table.key.made is Made.ALWAYS else ""
    listed = ", ".join(map(quoted, names))
    yield f"INSERT INTO {table.sql} ({listed}){over} VALUES\n" + ",\n".join(
        f"({row})" for row in rows
    )
    if table.key.made in (Made.SERIAL, Made.ALWAYS, Made.BY_DEFAULT):
        yield f"SELECT setval({literal(table.sequence)}, {table.key.last})"


def _value(reference: Reference, parent: Table, n: int) -> str:
    """What row number n has there."""
    if not parent.ids:
        return "NULL"
    value = parent.ids[n % len(parent.ids)]
    if reference.values == "nulls" and n % 3 == 0:
        return "NULL"
    if reference.values == "orphans" and n < 2:
        return literal(_orphan(parent))
    if reference.values == "dirty":
        return literal(_dirty(reference, value, n))
    return literal(value)


def _dirty(reference: Reference, value: str, n: int) -> str:
    if not reference.type.startswith(("text", "varchar")):
        return value
    spellings = (
        value.upper().replace("-", "") if "-" in value[1:] else f"0{value}",
        f" {value}",
        "x",
        "",
    )
    return spellings[n] if n < len(spellings) else value


def _references(table: Table, schema: Schema) -> Iterator[str]:
    for reference in table.references:
        parent, column = schema.table(reference.parent), quoted(reference.column)
        if reference.composite:
            yield f"CREATE UNIQUE INDEX ON {parent.sql} (tenant, {quoted(parent.key.column)})"
        if reference.declared and _lasting(table, parent):
            late = " NOT VALID" if reference.declared == "not valid" else ""
            late = "" if table.shape is Shape.PARTITIONED else late
            key = quoted(parent.key.column)
            yield f"ALTER TABLE {table.sql} ADD FOREIGN KEY ({column}) REFERENCES {parent.sql} ({key}){late}"
        if reference.indexed:
            yield f"CREATE INDEX ON {table.sql} ({column})"


def _lasting(table: Table, parent: Table) -> bool:
    """Whether the parent is there after a crash if the table is: PostgreSQL demands it."""
    return parent.shape is not Shape.UNLOGGED or table.shape is Shape.UNLOGGED


def _owners(table: Table) -> Iterator[str]:
    relations = {Shape.PARTITIONED: ("low", "rest"), Shape.PARENT: ("child",)}
    for name in (table.sql, *map(table.beside, relations.get(table.shape, ()))):
        yield f"ALTER TABLE {name} OWNER TO {quoted(table.owner)}"


def _grants(table: Table) -> Iterator[str]:
    for grant in table.grants:
        yield f"GRANT {grant.privilege} ON {table.sql} TO {quoted(grant.role)}"
        if grant.sequence and table.key.made is Made.SERIAL:
            yield f"GRANT USAGE ON SEQUENCE {table.sequence} TO {quoted(grant.role)}"
