"""Enum types that revisions make and drop from Python."""

import ast
from collections.abc import Iterator

from remediate.lint import facts
from remediate.lint.columns import is_false, is_true, keywords, made
from remediate.lint.evaluate import evaluate_text
from remediate.lint.objects import Dropped
from remediate.lint.scope import HOLE, Expression, Imported, Scope, Step
from remediate.lint.table_calls import spread
from remediate.lint.values import table_name


def enum_called(call: ast.Call, scope: Scope) -> facts.Fact | None:
    """What `sa.Enum(...).create(bind)` or `.drop(bind)` does; None for other calls."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("create", "drop"):
        return None
    enum = _enum(call.func.value, scope)
    if enum is None:
        return None
    name = _name(enum, scope)
    return facts.EnumCreated(name) if call.func.attr == "create" else Dropped("type", name)


def asks_first(call: ast.Call, scope: Scope) -> bool:
    """Whether `.create(bind)` or `.drop(bind)` looks whether the thing is there.

    Measured with SQLAlchemy 2.0 and 2.1: sa.Enum does so where it is told to, ENUM and Sequence
    unless they are told not to.
    """
    given = keywords(call).get("checkfirst", call.args[1] if len(call.args) > 1 else None)
    if given is not None:
        return not is_false(given, scope)
    called = call.func.value if isinstance(call.func, ast.Attribute) else None
    return made(called, "Enum", scope) is None


def types_made(step: Step) -> Iterator[str]:
    """The enum types that op.create_table makes for its columns.

    Measured: op.add_column makes none, and op.drop_table drops none. Where a MetaData or
    create_type is given, it depends on SQLAlchemy's version: they are left out.
    """
    for part in spread(step.call.args[1:], step.scope):
        column = made(part, "Column", step.scope)
        type_ = _type(column) if column else None
        enum = _enum(_element(type_, step.scope), step.scope)
        words = keywords(enum).keys() if enum else set[str]()
        if enum and not words & {"create_type", "metadata"} and _is_native(enum, step.scope):
            yield _name(enum, step.scope)


def _type(column: ast.Call) -> ast.expr | None:
    return column.args[1] if len(column.args) > 1 else keywords(column).get("type_")


def _element(type_: ast.expr | None, scope: Scope) -> ast.expr | None:
    array = made(type_, "ARRAY", scope)
    return array.args[0] if array and array.args else type_


def _enum(node: ast.expr | None, scope: Scope) -> ast.Call | None:
    return made(node, "Enum", scope) or made(node, "ENUM", scope)


def _is_native(enum: ast.Call, scope: Scope) -> bool:
    native = keywords(enum).get("native_enum")
    return native is None or is_true(native, scope)


def _name(enum: ast.Call, scope: Scope) -> str:
    """As it is given, or that of the Python class in lower case."""
    words = keywords(enum)
    if "name" in words:
        name = evaluate_text(words["name"], scope).value
    else:
        name = _of_class(enum.args[0], scope) if enum.args else HOLE
    return table_name(name, evaluate_text(words.get("schema"), scope).value)


def _of_class(node: ast.expr, scope: Scope) -> str:
    match node:
        case ast.Name(id=name):
            value = scope.names.get(name)
            if isinstance(value, Imported):
                return value.dotted.rpartition(".")[2].lower()
            return HOLE if isinstance(value, Expression) else name.lower()
        case ast.Attribute(attr=name):
            return name.lower()
    return HOLE
