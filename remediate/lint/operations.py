"""What a call of `op` or of a batch does."""

import ast
from collections.abc import Callable, Iterator

from remediate.lint import facts, rows, table_calls
from remediate.lint.arguments import Arguments, batch_of, known_text
from remediate.lint.columns import (
    default_given,
    first_value,
    is_false,
    is_none,
    is_true,
    type_name,
)
from remediate.lint.evaluate import evaluate
from remediate.lint.expressions import is_cast, pinned
from remediate.lint.facts import Fact
from remediate.lint.objects import Created, Unclear
from remediate.lint.queries import runs_sql
from remediate.lint.scope import (
    Scope,
    Step,
    Text,
)
from remediate.lint.values import name_parts, table_name

_NO_DDL = {
    "execute", "get_bind", "get_context", "bulk_insert", "f", "batch_alter_table", "inline_literal",
    "run_async", "invoke", "implementation_for", "register_operation",
}  # fmt: skip
_OF_COMMENTS = {"create_table_comment", "drop_table_comment"}


def operation_name(step: Step) -> str:
    """The operation's name; "execute" for SQL through the connection as well, "" for others."""
    path = step.scope.dotted(step.call.func)
    if path.startswith("alembic.op."):
        return path.removeprefix("alembic.op.")
    if batch_of(step) is not None and isinstance(step.call.func, ast.Attribute):
        return step.call.func.attr
    return "execute" if runs_sql(step.call, step.scope) else ""


def read_call(step: Step, name: str) -> Iterator[Fact]:
    """The facts of a step that is not SQL text."""
    reader = _READERS.get(name)
    if reader is not None:
        yield from reader(step)
    elif name and name.partition(".")[0] not in _NO_DDL:
        yield facts.OtherDDL() if name in _OF_COMMENTS else Unclear()


def _alter_column(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("table_name", "column_name"))
    table, name = given.table, given.text("column_name")
    changes = {"type_", "nullable", "new_column_name", "comment"} & given.nodes.keys()
    if "type_" in given.nodes and not is_none(given.nodes["type_"], step.scope):
        yield _type_changed(table, name, given)
    default = given.nodes.get("server_default")
    if default is not None and not is_false(default, step.scope):
        yield _default(table, name, default, given, more=bool(changes))
    if is_true(given.nodes.get("nullable"), step.scope):
        automatic = is_true(given.nodes.get("autoincrement"), step.scope)
        yield facts.NullsAllowed(table, name, automatic)
    if "new_column_name" in given.nodes:
        yield facts.ColumnRenamed(table, name, given.text("new_column_name"))
    if not changes and default is None:
        yield facts.OtherDDL()


def _type_changed(table: str, name: str, given: Arguments) -> Fact:
    automatic = is_true(given.nodes.get("autoincrement"), given.scope)
    return facts.TypeChanged(
        table,
        name,
        type_name(given.nodes["type_"], given.scope),
        type_name(given.nodes.get("existing_type"), given.scope),
        cast=is_cast(given.text("postgresql_using"), name),
        using="postgresql_using" in given.nodes
        or len(given.call.keywords) != _count_named(given.call),
        autoincrement=automatic and "existing_server_default" not in given.nodes,
    )


def _count_named(call: ast.Call) -> int:
    return sum(k.arg is not None for k in call.keywords)


def _default(table: str, name: str, node: ast.expr, given: Arguments, *, more: bool) -> Fact:
    if is_none(node, given.scope):
        old = given.nodes.get("existing_server_default")
        identity = isinstance(old, ast.Call) and _is_identity(old, given.scope)
        return facts.GeneratorDropped(table, name, identity, more)
    if isinstance(node, ast.Call) and _is_identity(node, given.scope):
        return facts.IdentityAdded(table, name, first_value(node, given.scope))
    return facts.DefaultSet(table, name, default_given(node, given.scope))


def _is_identity(node: ast.Call, scope: Scope) -> bool:
    return scope.dotted(node.func).rpartition(".")[2] == "Identity"


def _rename_table(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("old_table_name", "new_table_name"))
    schema = given.text("schema") if not is_none(given.nodes.get("schema"), step.scope) else ""
    old, new = given.text("old_table_name"), given.text("new_table_name")
    yield facts.TableRenamed(table_name(old, schema), table_name(new, schema))


def _create_primary_key(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("constraint_name", "table_name", "columns"))
    node = given.nodes.get("columns")
    value = evaluate(node, step.scope) if node is not None else None
    if isinstance(value, Text):
        value = (value,)
    columns = tuple(map(known_text, value)) if isinstance(value, tuple) else ()
    yield facts.KeyAdded(given.table, columns)


def _create_foreign_key(step: Step) -> Iterator[Fact]:
    names = ("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols")
    batch = batch_of(step)
    given = Arguments(step, tuple(n for n in names if not (batch and n == "source_table")))
    table = given.table if batch else _schema_and_name(given, "source")
    target = _schema_and_name(given, "referent")
    columns, theirs = given.texts("local_cols"), given.texts("remote_cols")
    name, unchecked = given.name("constraint_name"), given.nodes.get("postgresql_not_valid")
    yield facts.ReferenceAdded(
        table, columns, target, theirs, name, unchecked=is_true(unchecked, step.scope)
    )


def _schema_and_name(given: Arguments, side: str) -> str:
    schema = given.name(f"{side}_schema")
    return table_name(given.text(f"{side}_table"), schema)


def _drop_constraint(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("constraint_name", "table_name", "type_"))
    kind = given.name("type_")
    yield facts.ConstraintDropped(given.table, given.name("constraint_name"), kind)


def _create_index(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("index_name", "table_name"))
    yield facts.IndexCreated(given.table, given.name("index_name"))


def _drop_index(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("index_name", "table_name"))
    schema = name_parts(given.table)[0] if given.batch or "table_name" in given.nodes else ""
    schema = schema or given.name("schema")
    yield facts.IndexDropped(table_name(given.name("index_name"), schema))


def _drop_column(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("table_name", "column_name"))
    yield facts.ColumnDropped(given.table, given.text("column_name"))


def _drop_table(step: Step) -> Iterator[Fact]:
    yield facts.TableDropped(Arguments(step, ("table_name",)).table)


def _create_check(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("constraint_name", "table_name", "condition"))
    column, name = pinned(given.text("condition")), given.name("constraint_name")
    if column:
        yield facts.ColumnPinned(given.table, column, name)
    else:
        yield Created("constraint", name, given.table)


def _create_constraint(step: Step) -> Iterator[Fact]:
    given = Arguments(step, ("constraint_name", "table_name"))
    yield Created("constraint", given.name("constraint_name"), given.table)


_READERS: dict[str, Callable[[Step], Iterator[Fact]]] = {
    "alter_column": _alter_column,
    "create_table": table_calls.create_table,
    "add_column": table_calls.add_column,
    "drop_column": _drop_column,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "create_primary_key": _create_primary_key,
    "create_foreign_key": _create_foreign_key,
    "drop_constraint": _drop_constraint,
    "create_check_constraint": _create_check,
    "create_unique_constraint": _create_constraint,
    "create_exclude_constraint": _create_constraint,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "bulk_insert": rows.bulk_insert,
}
