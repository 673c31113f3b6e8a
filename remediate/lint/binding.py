"""What assignments, calls, `with` and conditions make of names."""

import ast

from remediate.lint import queries
from remediate.lint.evaluate import evaluate
from remediate.lint.scope import Asked, Batch, Scope, Value, assigned
from remediate.lint.text import Text

_DIALECTS = {"postgresql", "postgres", "sqlite", "mysql", "mariadb", "oracle", "mssql"}


def assign(node: ast.Assign | ast.AnnAssign | ast.AugAssign, scope: Scope) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if isinstance(node, ast.AugAssign) or node.value is None:
        scope.forget(assigned([node]))
        return
    for target in targets:
        bind(target, queries.value(node.value, scope), scope)


def bind(target: ast.expr, value: Value, scope: Scope) -> None:
    if isinstance(target, ast.Name):
        scope.names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        fits = isinstance(value, tuple) and len(value) == len(target.elts)
        parts = value if fits and isinstance(value, tuple) else (None,) * len(target.elts)
        for inner, part in zip(target.elts, parts, strict=True):
            bind(inner, Asked() if isinstance(value, Asked) else part, scope)


def with_arguments(node: ast.FunctionDef, call: ast.Call, scope: Scope) -> Scope:
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
        inner.names.update({name: queries.value(value, scope) for name, value in given.items()})
    return inner


def holds_on_postgresql(test: ast.expr) -> bool | None:
    """Whether a condition on the dialect holds on PostgreSQL; None for other conditions."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = holds_on_postgresql(test.operand)
        return None if inner is None else not inner
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return None
    said = {n.value for n in ast.walk(test.comparators[0]) if isinstance(n, ast.Constant)}
    if not said or not said <= _DIALECTS:
        return None
    positive = isinstance(test.ops[0], ast.Eq | ast.In)
    return bool(said & {"postgresql", "postgres"}) is positive


def entered(node: ast.expr, scope: Scope) -> Value:
    """What `with ... as` binds."""
    path = queries.called(node, scope)
    if path == "alembic.op.batch_alter_table" and isinstance(node, ast.Call):
        given = {k.arg: k.value for k in node.keywords}
        table = node.args[0] if node.args else given.get("table_name")
        schema = node.args[1] if len(node.args) > 1 else given.get("schema")
        return Batch(
            evaluate(table, scope) if table else None,
            evaluate(schema, scope) if schema else Text("", ()),
        )
    return queries.value(node, scope)
