"""Steps as they should be, as Python that runs in place of what is there."""

import ast
import textwrap

from sqlalchemy.dialects import postgresql

from remediate.lint.columns import column
from remediate.lint.facts import ColumnDefinition, DefaultSet, Event, TypeChanged
from remediate.lint.operations import batch_of, verb
from remediate.lint.scope import HOLE, Expression, Imported, Scope, Text
from remediate.lint.state import Column
from remediate.lint.tokens import Reader, Token, listed, statements

_PREPARER = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]


def quote(name: str) -> str:
    """A name as SQL has to spell it."""
    return str(_PREPARER.quote(name))


def quoted(table: str) -> str:
    return ".".join(map(quote, table.split(".")))


def executed(event: Event, sql: str) -> str:
    """`op.execute` of one statement; "" where a part of it is not known."""
    return "" if HOLE in sql else f"{_op(event.step.scope)}.execute({_literal(sql)})"


def _op(scope: Scope) -> str:
    named = [name for name, value in scope.names.items() if value == Imported("alembic.op")]
    return named[0] if named else "op"


def _literal(sql: str) -> str:
    escaped = sql.replace("\\", "\\\\")
    if "\n" in sql and not set("'$") & set(sql):
        first, _, rest = escaped.partition("\n")
        escaped = f"{first}\n{textwrap.indent(textwrap.dedent(rest), '    ')}"
    if "\n" in sql:
        return f'"""\n{textwrap.indent(escaped, "    ")}\n"""'
    return f'"{escaped}"' if '"' not in sql else repr(sql)


def original(event: Event, without: frozenset[str] = frozenset(), **more: str) -> str:
    """The step itself as it could stand alone, without and with some of its arguments."""
    if event.sql is not None:
        return executed(event, event.sql.value)
    call, scope = event.step.call, event.step.scope
    given = [_argument(argument, scope) for argument in call.args]
    named = [(k.arg or "", _argument(k.value, scope)) for k in call.keywords]
    batch = batch_of(event.step)
    if batch is not None:
        given.insert(0, _value(batch.table))
        named += [("schema", _value(batch.schema))] if _is_text(batch.schema) else []
    kept = [f"{name}={value}" for name, value in named if name and name not in without]
    added = [f"{name}={_string(value)}" for name, value in more.items()]
    return f"{_op(scope)}.{verb(event.step)}({', '.join([*given, *kept, *added])})"


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
        return original(event, postgresql_using=expression)
    return executed(event, _inserted(event.sql.value, fact, f" USING {expression}"))


def _inserted(sql: str, fact: TypeChanged, text: str) -> str:
    """`text` at the end of the action of ALTER TABLE that changes this column's type."""
    for action in listed(_actions(sql)):
        reader = Reader(action)
        if not reader.take("alter"):
            continue
        reader.take("column")
        if reader.name() == fact.column and any(t.is_word("type") for t in action):
            return sql[: action[-1].end] + text + sql[action[-1].end :]
    return HOLE


def _actions(sql: str) -> tuple[Token, ...]:
    reader = Reader(statements(sql)[0])
    reader.take("alter", "table")
    reader.take("if", "exists")
    reader.take("only")
    reader.name()
    reader.sign("*")
    return reader.rest


def with_sequence(event: Event, fact: TypeChanged, sequence: str) -> str:
    """The type change, and the same for the sequence."""
    step = original(event, frozenset({"autoincrement", "existing_autoincrement"}))
    if not sequence or not step:
        return ""
    schema = fact.table.rpartition(".")[0]
    name = quoted(f"{schema}.{sequence}" if schema else sequence)
    return step + "\n" + executed(event, f"ALTER SEQUENCE {name} AS {fact.type}")


def kept_generated(event: Event, key: Column, sequence: str) -> str:
    """The step without what takes the default away, or an identity in the default's place."""
    changes = {k.arg for k in event.step.call.keywords} & {"type_", "nullable", "new_column_name"}
    if event.sql is None and changes:
        return original(event, frozenset({"server_default", "existing_server_default"}))
    table, name = quoted(key.table), quote(key.name)
    made = [f"ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT"]
    schema = key.table.rpartition(".")[0]
    if not sequence or (event.sql is not None and len(listed(_actions(event.sql.value))) > 1):
        return ""
    made += [
        f"DROP SEQUENCE {quoted(f'{schema}.{sequence}' if schema else sequence)}",
        *_identity(key.table, key.name),
    ]
    return "\n".join(executed(event, sql) for sql in made)


def _identity(table: str, name: str) -> list[str]:
    relation, key = quoted(table), quote(name)
    sequence = f"pg_get_serial_sequence('{relation}', '{name}')"
    return [
        f"ALTER TABLE {relation} ALTER COLUMN {key} ADD GENERATED BY DEFAULT AS IDENTITY",
        f"SELECT setval({sequence}, coalesce(max({key}), 0) + 1, false) FROM {relation}",
    ]


def default(event: Event, fact: DefaultSet, expression: str) -> str:
    """SET DEFAULT with this expression."""
    place = f"ALTER TABLE {quoted(fact.table)} ALTER COLUMN {quote(fact.column)}"
    return executed(event, f"{place} SET DEFAULT {expression}")


def key_of_copy(event: Event, table: str, name: str) -> str:
    """The key, and an identity that goes on after the highest value."""
    step = original(event)
    parts = [executed(event, sql) for sql in _identity(table, name)]
    return "\n".join([step, *parts]) if step else ""


def with_generated_key(event: Event, made: ColumnDefinition) -> str:
    """CREATE TABLE with an identity; create_table without autoincrement=False."""
    if event.sql is None:
        return _counting(event, made)
    sql, start = event.sql.value, _shift(event, made)
    if start < 0:
        return ""
    return executed(event, sql[:start] + " GENERATED BY DEFAULT AS IDENTITY" + sql[start:])


def _shift(event: Event, made: ColumnDefinition) -> int:
    """Where the column's type ends in the statement alone."""
    assert event.sql is not None  # noqa: S101  (the caller has looked)
    return made.end - event.offset


def _counting(event: Event, made: ColumnDefinition) -> str:
    call = ast.parse(ast.unparse(event.step.call), mode="eval").body
    for node in ast.walk(call):
        one = column(node, event.step.scope) if isinstance(node, ast.Call) else None
        if one is not None and one.name == made.name and isinstance(node, ast.Call):
            node.keywords = [k for k in node.keywords if k.arg != "autoincrement"]
    return ast.unparse(call)
