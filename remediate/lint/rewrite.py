"""Steps as they should be, as Python that runs in place of what is there."""

import ast
import textwrap

from sqlalchemy.dialects import postgresql

from remediate.lint.arguments import batch_of
from remediate.lint.columns import column
from remediate.lint.facts import ColumnDefinition, DefaultSet, Event, TypeChanged
from remediate.lint.operations import operation_name
from remediate.lint.scope import HOLE, Expression, Imported, Scope, Text
from remediate.lint.state import Column
from remediate.lint.values import name_parts, table_name

_TABLE_AND_ROWS = 2  # arguments of bulk_insert
_PREPARER = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]


def quote(name: str) -> str:
    """A name as SQL has to spell it."""
    return str(_PREPARER.quote(name))


def quote_table(table: str) -> str:
    return ".".join(quote(part) for part in name_parts(table) if part)


def _sql_literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def execute_call(event: Event, sql: str) -> str:
    """`op.execute` of one statement; "" where a part of it is not known."""
    return "" if HOLE in sql else f"{_op(event.step.scope)}.execute({_literal(sql)})"


def _op(scope: Scope) -> str:
    names = [name for name, value in scope.names.items() if value == Imported("alembic.op")]
    return names[0] if names else "op"


def _literal(sql: str) -> str:
    escaped = sql.replace("\\", "\\\\")
    if "\n" in sql and not set("'$") & set(sql):
        first, _, rest = escaped.partition("\n")
        escaped = f"{first}\n{textwrap.indent(textwrap.dedent(rest), '    ')}"
    if "\n" in sql:
        return f'"""\n{textwrap.indent(escaped, "    ")}\n"""'
    return f'"{escaped}"' if '"' not in sql else repr(sql)


def standalone(event: Event, without: frozenset[str] = frozenset(), **more: str) -> str:
    """The step itself as it could stand alone, without and with some of its arguments."""
    if event.sql is not None:
        return execute_call(event, event.sql.value)
    call, scope = event.step.call, event.step.scope
    given = [_argument(argument, scope) for argument in call.args]
    named = [(k.arg or "", _argument(k.value, scope)) for k in call.keywords]
    batch = batch_of(event.step)
    if batch is not None:
        given.insert(0, _value(batch.table))
        named += [("schema", _value(batch.schema))] if _is_text(batch.schema) else []
    kept = [f"{name}={value}" for name, value in named if name and name not in without]
    added = [f"{name}={_string(value)}" for name, value in more.items()]
    return f"{_op(scope)}.{operation_name(event.step)}({', '.join([*given, *kept, *added])})"


def _is_text(value: object) -> bool:
    return isinstance(value, Text) and bool(value.value)


def _value(value: object) -> str:
    return _string(value.value) if isinstance(value, Text) else "None"


def _string(text: str) -> str:
    return f'"{text}"' if text.isprintable() and not set('"\\') & set(text) else repr(text)


def _argument(node: ast.expr, scope: Scope) -> str:
    """An argument's source, with the value of a name that only this function knows."""
    value = scope.names.get(node.id) if isinstance(node, ast.Name) else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _string(node.value)
    if isinstance(value, Text) and HOLE not in value.value:
        return _string(value.value)
    return ast.unparse(value.expression if isinstance(value, Expression) else node)


def with_using(event: Event, fact: TypeChanged, expression: str) -> str:
    """The type change, and how the values get there."""
    if event.sql is None:
        return standalone(event, postgresql_using=expression)
    sql = event.sql.value
    return execute_call(event, f"{sql[: fact.end]} USING {expression}{sql[fact.end :]}")


def with_sequence(event: Event, fact: TypeChanged, sequence: str) -> str:
    """The type change, and the same for the sequence."""
    step = standalone(event, frozenset({"autoincrement", "existing_autoincrement"}))
    if not sequence or not step:
        return ""
    name = _beside(fact.table, sequence)
    return step + "\n" + execute_call(event, f"ALTER SEQUENCE {name} AS {fact.type}")


def without_nullable(event: Event) -> str:
    """What op.alter_column changes beside, "" where that is nothing, or not written so."""
    others = {k.arg for k in event.step.call.keywords} & {"type_", "server_default", "comment"}
    return standalone(event, frozenset({"nullable"})) if others and event.sql is None else ""


def with_key(event: Event, table: str, name: str) -> str:
    """The column, and the primary key of it."""
    key = execute_call(event, f"ALTER TABLE {quote_table(table)} ADD PRIMARY KEY ({quote(name)})")
    return f"{standalone(event)}\n{key}"


def with_setval(event: Event, table: str, name: str) -> str:
    """The rows, and the sequence after the highest of their ids; "" where others tell the rows."""
    if event.sql is None and operation_name(event.step) != "bulk_insert":
        return ""
    step, given = standalone(event), event.step.call.args
    whole = "create_table(" not in step and len(given) <= (1 if event.sql else _TABLE_AND_ROWS)
    return f"{step}\n{execute_call(event, _setval(table, name))}" if step and whole else ""


def with_sequence_before(event: Event, name: str) -> str:
    """The step, after the sequence that it needs."""
    return f"{execute_call(event, f'CREATE SEQUENCE {quote(name)}')}\n{standalone(event)}"


def with_generator(event: Event, key: Column, sequence: str) -> str:
    """The step without what takes the default away, or an identity in the default's place."""
    changes = {k.arg for k in event.step.call.keywords} & {"type_", "nullable", "new_column_name"}
    if event.sql is None and changes:
        return standalone(event, frozenset({"server_default", "existing_server_default"}))
    table, name = quote_table(key.table), quote(key.name)
    statements = [f"ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT"]
    if not sequence or (event.sql is not None and getattr(event.fact, "more", False)):
        return ""
    statements += [
        f"DROP SEQUENCE {_beside(key.table, sequence)}",
        *_identity(key.table, key.name),
    ]
    return "\n".join(execute_call(event, sql) for sql in statements)


def _beside(table: str, sequence: str) -> str:
    """The sequence, in the schema of the table."""
    return quote_table(table_name(sequence, name_parts(table)[0]))


def _identity(table: str, name: str) -> list[str]:
    place = f"ALTER TABLE {quote_table(table)} ALTER COLUMN {quote(name)}"
    return [f"{place} ADD GENERATED BY DEFAULT AS IDENTITY", _setval(table, name)]


def _setval(table: str, name: str) -> str:
    relation, key = quote_table(table), quote(name)
    sequence = f"pg_get_serial_sequence({_sql_literal(relation)}, {_sql_literal(name)})"
    return f"SELECT setval({sequence}, coalesce(max({key}), 0) + 1, false) FROM {relation}"


def default_by_regclass(event: Event, fact: DefaultSet) -> str:
    """SET DEFAULT of the same sequence, bound to it."""
    place = f"ALTER TABLE {quote_table(fact.table)} ALTER COLUMN {quote(fact.column)}"
    sequence = _sql_literal(fact.default.literal)
    return execute_call(event, f"{place} SET DEFAULT nextval({sequence}::regclass)")


def key_of_copy(event: Event, table: str, name: str) -> str:
    """The key, and an identity that goes on after the highest value."""
    step = standalone(event)
    parts = [execute_call(event, sql) for sql in _identity(table, name)]
    return "\n".join([step, *parts]) if step else ""


def key_in_place(event: Event, table: str, name: str) -> str:
    """The step, then the primary key and an identity that goes on after the highest value."""
    key = f"ALTER TABLE {quote_table(table)} ADD PRIMARY KEY ({quote(name)})"
    parts = [execute_call(event, sql) for sql in (key, *_identity(table, name))]
    return "\n".join([standalone(event), *parts])


def with_owner(event: Event, table: str, key: Column) -> str:
    """The step, after the key of another table has got the sequence."""
    sequence = _beside(key.table, key.sequence)
    place = f"{quote_table(table)}.{quote(key.name)}"
    return (
        f"{execute_call(event, f'ALTER SEQUENCE {sequence} OWNED BY {place}')}\n{standalone(event)}"
    )


def with_generated_key(event: Event, definition: ColumnDefinition) -> str:
    """CREATE TABLE with an identity; create_table without autoincrement=False.

    "" where that would be no other one: serial has lost its default later, or PRIMARY KEY is an
    operation of its own.
    """
    if event.sql is None:
        return _with_autoincrement(event, definition)
    if definition.sequence:
        return ""
    sql, end = event.sql.value, definition.end
    return execute_call(event, f"{sql[:end]} GENERATED BY DEFAULT AS IDENTITY{sql[end:]}")


def _with_autoincrement(event: Event, definition: ColumnDefinition) -> str:
    before = ast.unparse(event.step.call)
    call = ast.parse(before, mode="eval").body
    for node in ast.walk(call):
        one = column(node, event.step.scope) if isinstance(node, ast.Call) else None
        if one is not None and one.name == definition.name and isinstance(node, ast.Call):
            node.keywords = [k for k in node.keywords if k.arg != "autoincrement"]
    after = ast.unparse(call)
    return after if after != before else ""
