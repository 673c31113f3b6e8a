"""What statements bind: names to values, parameters to arguments."""

import ast

from remediate.lint import queries
from remediate.lint.dialects import holds_on_postgresql
from remediate.lint.evaluate import evaluate
from remediate.lint.scope import (
    BatchTable,
    Constant,
    QueryResult,
    Scope,
    Text,
    Value,
    assigned_names,
)


def _is_condition(node: ast.expr) -> bool:
    return isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Call)


def assign(node: ast.Assign | ast.AnnAssign | ast.AugAssign, scope: Scope) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if isinstance(node, ast.AugAssign) or node.value is None:
        scope.forget(assigned_names([node]))
        return
    value = _value(node.value, scope)
    for target in targets:
        bind(target, value, scope)


def _value(node: ast.expr, scope: Scope) -> Value:
    if isinstance(node, ast.Tuple) and not any(isinstance(e, ast.Starred) for e in node.elts):
        return tuple(_value(inner, scope) for inner in node.elts)
    holds = holds_on_postgresql(node, scope) if _is_condition(node) else None
    return queries.resolve(node, scope) if holds is None else Constant(holds)


def bind(target: ast.expr, value: Value, scope: Scope) -> None:
    if isinstance(target, ast.Name):
        scope.names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        fits = isinstance(value, tuple) and len(value) == len(target.elts)
        parts = value if fits and isinstance(value, tuple) else (None,) * len(target.elts)
        for inner, part in zip(target.elts, parts, strict=True):
            bind(inner, value if isinstance(value, QueryResult) else part, scope)


def call_scope(node: ast.FunctionDef, call: ast.Call, scope: Scope) -> Scope:
    """The scope in which a function of the module runs when it is called so."""
    inner, arguments = scope.copy(), node.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    inner.forget({*names, *(a.arg for a in (arguments.vararg, arguments.kwarg) if a)})
    positional = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    defaults = arguments.defaults
    for name, default in zip(positional[len(positional) - len(defaults) :], defaults, strict=True):
        inner.names[name] = evaluate(default, scope)
    for only, preset in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        inner.names[only.arg] = evaluate(preset, scope) if preset else None
    if not any(isinstance(argument, ast.Starred) for argument in call.args):
        given = dict(zip(positional, call.args, strict=False))
        given |= {k.arg: k.value for k in call.keywords if k.arg}
        inner.names.update({name: queries.resolve(value, scope) for name, value in given.items()})
    return inner


def context_value(node: ast.expr, scope: Scope) -> Value:
    """What `with ... as` binds."""
    path = queries.called_path(node, scope)
    if path == "alembic.op.batch_alter_table" and isinstance(node, ast.Call):
        given = {k.arg: k.value for k in node.keywords}
        table = node.args[0] if node.args else given.get("table_name")
        schema = node.args[1] if len(node.args) > 1 else given.get("schema")
        return BatchTable(
            evaluate(table, scope) if table else None,
            evaluate(schema, scope) if schema else Text("", ()),
        )
    return queries.resolve(node, scope)
