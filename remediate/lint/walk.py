"""The calls of a revision in the order in which they run, each with what is known at that point."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from remediate.lint import handlers, queries
from remediate.lint.bindings import assign, bind, call_scope, context_value
from remediate.lint.branches import case_taken, reached
from remediate.lint.dialects import holds_on_postgresql
from remediate.lint.evaluate import evaluate
from remediate.lint.leaving import may_leave
from remediate.lint.scope import (
    Context,
    Function,
    QueryResult,
    Scope,
    Step,
    Stopped,
    assigned_names,
    imported_names,
)

_ENTRY = re.compile(r"(?:upgrade|downgrade)(?!_(?:sqlite|mysql|mariadb|oracle|mssql)$)(?:_\w+)?")
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
            if may_leave(statement, scope):
                context = self._branch(context)

    def _statement(self, node: ast.stmt, scope: Scope, context: Context) -> Iterator[Step]:
        if isinstance(node, ast.FunctionDef):
            scope.names[node.name] = Function(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            scope.names.update(imported_names(node))
        else:
            yield from self._reader(node)(node, scope, context)

    def _reader(self, node: ast.stmt) -> Callable[[Any, Scope, Context], Iterator[Step]]:
        readers: dict[type[ast.stmt], Callable[[Any, Scope, Context], Iterator[Step]]] = {
            ast.If: self._condition,
            ast.Match: self._match,
            ast.For: self._loop,
            ast.With: self._with,
            ast.Try: self._try,
            **dict.fromkeys((ast.While, ast.TryStar, ast.ClassDef), self._uncertain),
        }
        return readers.get(type(node), self._simple)

    def _simple(self, node: ast.stmt, scope: Scope, context: Context) -> Iterator[Step]:
        yield from self._calls(node, scope, context)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            assign(node, scope)
        elif isinstance(node, ast.Return | ast.Raise) or (
            isinstance(node, ast.Assert) and holds_on_postgresql(node.test, scope) is False
        ):
            raise Stopped

    def _calls(self, node: ast.AST, scope: Scope, context: Context) -> Iterator[Step]:
        for call in reached(node, scope):
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
        taken = holds_on_postgresql(node.test, scope)
        if taken is not None:
            yield from self._body(node.body if taken else node.orelse, scope, context)
            return
        query_line = _steered_at(node, queries.answer(node.test, scope))
        for body in (node.body, node.orelse):
            try:
                yield from self._body(body, scope.copy(), self._branch(context, query_line))
            except Stopped:
                continue
        scope.forget(assigned_names([node]))

    def _match(self, node: ast.Match, scope: Scope, context: Context) -> Iterator[Step]:
        try:
            case = case_taken(node)
        except ValueError:
            yield from self._uncertain(node, scope, context)
            return
        yield from self._body(case.body if case else [], scope, context)

    def _loop(self, node: ast.For, scope: Scope, context: Context) -> Iterator[Step]:
        yield from self._calls(node.iter, scope, context)
        values = evaluate(node.iter, scope)
        if isinstance(values, tuple) and len(values) <= _MANY:
            for value in values:
                bind(node.target, value, scope)
                yield from self._once(node, scope, context)
        else:
            answer = queries.answer(node.iter, scope)
            query_line = _steered_at(node, answer)
            scope.forget(assigned_names(node.body) | assigned_names([node]))
            if answer:
                bind(node.target, answer, scope)
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
            if path in _SUPPRESS and any(map(handlers.catches, _given(item.context_expr))):
                context = replace(self._branch(context), suppressed_at=node.lineno)
            elif handlers.is_savepoint(path):
                context = replace(context, suppressed_at=0)
        yield from self._body(node.body, scope, context)

    def _try(self, node: ast.Try, scope: Scope, context: Context) -> Iterator[Step]:
        suppressed_at = node.lineno if handlers.hides(node, scope) else context.suppressed_at
        goes_on = any(not handlers.raises(handler.body, scope) for handler in node.handlers)
        inner = self._branch(context) if goes_on else context
        yield from self._body(node.body, scope, replace(inner, suppressed_at=suppressed_at))
        for body in (*(h.body for h in node.handlers), node.orelse):
            try:
                yield from self._body(body, scope, self._branch(context))
            except Stopped:
                continue
        scope.forget(handlers.may_differ(node, scope))
        yield from self._body(node.finalbody, scope, context)


def _deeper(context: Context) -> Context:
    return replace(context, depth=context.depth + 1)


def _steered_at(node: ast.stmt, answer: QueryResult | None) -> int:
    """The line of what depends on rows; a guard asks which tables and columns there are."""
    return node.lineno if answer and answer.of_rows else 0


def _given(call: ast.expr) -> list[ast.expr]:
    return call.args if isinstance(call, ast.Call) else []
