"""The calls of a revision in the order in which they run, each with what is known at that point."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from remediate.lint import queries
from remediate.lint.dialects import holds_on_postgresql
from remediate.lint.evaluate import evaluate
from remediate.lint.scope import (
    BatchTable,
    Context,
    Function,
    QueryResult,
    Scope,
    Step,
    Stopped,
    Text,
    Value,
    assigned_names,
    imported_names,
)

_ENTRY = re.compile(r"(?:upgrade|downgrade)(?:_\w+)?")
_SUPPRESS = {"contextlib.suppress"}
_DEEP, _MANY = 3, 300  # calls of calls; turns of a loop


class Walker:
    """Walks the entry functions of a module."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.module = Scope(source)
        self.numbers = count(1)
        for statement in self.tree.body:
            self._define(statement)

    def entries(self) -> tuple[ast.FunctionDef, ...]:
        """upgrade() and downgrade(), or those of each database; not what they themselves call."""
        entries = [
            n for n in self.tree.body if isinstance(n, ast.FunctionDef) and _ENTRY.fullmatch(n.name)
        ]
        called = {
            c.func.id
            for n in entries
            for c in ast.walk(n)
            if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)
        }
        return tuple(n for n in entries if n.name not in called)

    def steps(self, entry: ast.FunctionDef) -> Iterator[Step]:
        """What the function and those that it calls do."""
        yield from self._function(entry, self.module.copy(), Context(entry.name))

    def _define(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self.module.names.update(imported_names(statement))
        elif isinstance(statement, ast.FunctionDef):
            self.module.names[statement.name] = Function(statement)
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            assign(statement, self.module)
        else:
            self.module.forget(assigned_names([statement]))

    def _function(self, node: ast.FunctionDef, scope: Scope, context: Context) -> Iterator[Step]:
        try:
            yield from self._body(node.body, scope, context)
        except Stopped:
            return

    def _body(self, body: list[ast.stmt], scope: Scope, context: Context) -> Iterator[Step]:
        for statement in body:
            yield from self._statement(statement, scope, context)

    def _statement(self, node: ast.stmt, scope: Scope, context: Context) -> Iterator[Step]:
        if isinstance(node, ast.If):
            yield from self._condition(node, scope, context)
        elif isinstance(node, ast.For):
            yield from self._loop(node, scope, context)
        elif isinstance(node, ast.With):
            yield from self._with(node, scope, context)
        elif isinstance(node, ast.Try):
            yield from self._try(node, scope, context)
        elif isinstance(node, ast.FunctionDef):
            scope.names[node.name] = Function(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            scope.names.update(imported_names(node))
        elif isinstance(node, ast.While | ast.Match | ast.TryStar | ast.ClassDef):
            yield from self._uncertain(node, scope, context)
        else:
            yield from self._simple(node, scope, context)

    def _simple(self, node: ast.stmt, scope: Scope, context: Context) -> Iterator[Step]:
        yield from self._calls(node, scope, context)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            assign(node, scope)
        elif isinstance(node, ast.Return | ast.Raise):
            raise Stopped

    def _calls(self, node: ast.AST, scope: Scope, context: Context) -> Iterator[Step]:
        for call in ast.walk(node):
            if not isinstance(call, ast.Call):
                continue
            function = scope.names.get(call.func.id) if isinstance(call.func, ast.Name) else None
            if isinstance(function, Function) and context.depth < _DEEP:
                inner = call_scope(function.node, call, scope)
                yield from self._function(function.node, inner, _deeper(context))
            else:
                yield Step(call, scope.copy(), context)

    def _uncertain(self, node: ast.stmt, scope: Scope, context: Context) -> Iterator[Step]:
        """Its calls, of which nothing is known but that they may be run."""
        scope.forget(assigned_names([node]))
        yield from self._calls(node, scope, self._branch(context))

    def _branch(self, context: Context, query_line: int = 0) -> Context:
        branch = (*context.branch, next(self.numbers))
        return replace(context, branch=branch, query_line=query_line or context.query_line)

    def _condition(self, node: ast.If, scope: Scope, context: Context) -> Iterator[Step]:
        yield from self._calls(node.test, scope, context)
        taken = holds_on_postgresql(node.test)
        if taken is not None:
            yield from self._body(node.body if taken else node.orelse, scope, context)
            return
        query_line = node.lineno if queries.depends_on_query(node.test, scope) else 0
        for body in (node.body, node.orelse):
            try:
                yield from self._body(body, scope.copy(), self._branch(context, query_line))
            except Stopped:
                continue
        scope.forget(assigned_names([node]))

    def _loop(self, node: ast.For, scope: Scope, context: Context) -> Iterator[Step]:
        yield from self._calls(node.iter, scope, context)
        values = evaluate(node.iter, scope)
        if isinstance(values, tuple) and len(values) <= _MANY:
            for value in values:
                bind(node.target, value, scope)
                yield from self._once(node, scope, context)
        else:
            query_line = node.lineno if queries.depends_on_query(node.iter, scope) else 0
            scope.forget(assigned_names(node.body) | assigned_names([node]))
            if query_line:
                bind(node.target, QueryResult(), scope)
            yield from self._once(node, scope, self._branch(context, query_line))

    def _once(self, node: ast.For, scope: Scope, context: Context) -> Iterator[Step]:
        try:
            yield from self._body(node.body, scope, context)
        except Stopped:
            return

    def _with(self, node: ast.With, scope: Scope, context: Context) -> Iterator[Step]:
        for item in node.items:
            yield from self._calls(item.context_expr, scope, context)
            value = context_value(item.context_expr, scope)
            if item.optional_vars:
                bind(item.optional_vars, value, scope)
            path = queries.called_path(item.context_expr, scope)
            if path in _SUPPRESS:
                context = replace(self._branch(context), suppressed_at=node.lineno)
            elif path.endswith(".begin_nested"):
                context = replace(context, suppressed_at=0)
        yield from self._body(node.body, scope, context)

    def _try(self, node: ast.Try, scope: Scope, context: Context) -> Iterator[Step]:
        hides = any(not _ends_in_raise(handler.body) for handler in node.handlers)
        suppressed_at = node.lineno if hides and not _has_savepoint(node) else context.suppressed_at
        inner = self._branch(context) if node.handlers else context
        yield from self._body(node.body, scope, replace(inner, suppressed_at=suppressed_at))
        for body in (*(h.body for h in node.handlers), node.orelse):
            try:
                yield from self._body(body, scope, self._branch(context))
            except Stopped:
                continue
        yield from self._body(node.finalbody, scope, context)


def _deeper(context: Context) -> Context:
    return replace(context, depth=context.depth + 1)


def _ends_in_raise(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise)


def _has_savepoint(node: ast.Try) -> bool:
    text = " ".join(ast.unparse(statement) for statement in node.body)
    return "begin_nested" in text or "SAVEPOINT" in text.upper()


def assign(node: ast.Assign | ast.AnnAssign | ast.AugAssign, scope: Scope) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if isinstance(node, ast.AugAssign) or node.value is None:
        scope.forget(assigned_names([node]))
        return
    for target in targets:
        bind(target, queries.resolve(node.value, scope), scope)


def bind(target: ast.expr, value: Value, scope: Scope) -> None:
    if isinstance(target, ast.Name):
        scope.names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        fits = isinstance(value, tuple) and len(value) == len(target.elts)
        parts = value if fits and isinstance(value, tuple) else (None,) * len(target.elts)
        for inner, part in zip(target.elts, parts, strict=True):
            bind(inner, QueryResult() if isinstance(value, QueryResult) else part, scope)


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
