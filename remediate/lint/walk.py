"""The calls of a revision in the order in which they run, each with what is known at that point."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from remediate.lint import queries
from remediate.lint.binding import (
    assign,
    bind,
    entered,
    holds_on_postgresql,
    with_arguments,
)
from remediate.lint.evaluate import evaluate
from remediate.lint.scope import (
    Asked,
    Function,
    Scope,
    assigned,
    imports,
)  # fmt: skip
from remediate.lint.stepping import Around, Step, Stopped

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
        found = [
            n for n in self.tree.body if isinstance(n, ast.FunctionDef) and _ENTRY.fullmatch(n.name)
        ]
        called = {
            c.func.id
            for n in found
            for c in ast.walk(n)
            if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)
        }
        return tuple(n for n in found if n.name not in called)

    def steps(self, entry: ast.FunctionDef) -> Iterator[Step]:
        """What the function and those that it calls do."""
        yield from self._function(entry, self.module.copy(), Around(entry.name))

    def _define(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self.module.names.update(imports(statement))
        elif isinstance(statement, ast.FunctionDef):
            self.module.names[statement.name] = Function(statement)
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            assign(statement, self.module)
        else:
            self.module.forget(assigned([statement]))

    def _function(self, node: ast.FunctionDef, scope: Scope, around: Around) -> Iterator[Step]:
        try:
            yield from self._body(node.body, scope, around)
        except Stopped:
            return

    def _body(self, body: list[ast.stmt], scope: Scope, around: Around) -> Iterator[Step]:
        for statement in body:
            yield from self._statement(statement, scope, around)

    def _statement(self, node: ast.stmt, scope: Scope, around: Around) -> Iterator[Step]:
        if isinstance(node, ast.If):
            yield from self._condition(node, scope, around)
        elif isinstance(node, ast.For):
            yield from self._loop(node, scope, around)
        elif isinstance(node, ast.With):
            yield from self._with(node, scope, around)
        elif isinstance(node, ast.Try):
            yield from self._try(node, scope, around)
        elif isinstance(node, ast.FunctionDef):
            scope.names[node.name] = Function(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            scope.names.update(imports(node))
        elif isinstance(node, ast.While | ast.Match | ast.TryStar | ast.ClassDef):
            yield from self._unread(node, scope, around)
        else:
            yield from self._simple(node, scope, around)

    def _simple(self, node: ast.stmt, scope: Scope, around: Around) -> Iterator[Step]:
        yield from self._calls(node, scope, around)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            assign(node, scope)
        elif isinstance(node, ast.Return | ast.Raise):
            raise Stopped

    def _calls(self, node: ast.AST, scope: Scope, around: Around) -> Iterator[Step]:
        for call in ast.walk(node):
            if not isinstance(call, ast.Call):
                continue
            function = scope.names.get(call.func.id) if isinstance(call.func, ast.Name) else None
            if isinstance(function, Function) and around.depth < _DEEP:
                inner = with_arguments(function.node, call, scope)
                yield from self._function(function.node, inner, _deeper(around))
            else:
                yield Step(call, scope.copy(), around)

    def _unread(self, node: ast.stmt, scope: Scope, around: Around) -> Iterator[Step]:
        """Its calls, of which nothing is known but that they may be run."""
        scope.forget(assigned([node]))
        yield from self._calls(node, scope, self._branch(around))

    def _branch(self, around: Around, asked: int = 0) -> Around:
        branch = (*around.branch, next(self.numbers))
        return replace(around, branch=branch, asked=asked or around.asked)

    def _condition(self, node: ast.If, scope: Scope, around: Around) -> Iterator[Step]:
        yield from self._calls(node.test, scope, around)
        taken = holds_on_postgresql(node.test)
        if taken is not None:
            yield from self._body(node.body if taken else node.orelse, scope, around)
            return
        asked = node.lineno if queries.depends(node.test, scope) else 0
        for body in (node.body, node.orelse):
            try:
                yield from self._body(body, scope.copy(), self._branch(around, asked))
            except Stopped:
                continue
        scope.forget(assigned([node]))

    def _loop(self, node: ast.For, scope: Scope, around: Around) -> Iterator[Step]:
        yield from self._calls(node.iter, scope, around)
        values = evaluate(node.iter, scope)
        if isinstance(values, tuple) and len(values) <= _MANY:
            for value in values:
                bind(node.target, value, scope)
                yield from self._once(node, scope, around)
        else:
            asked = node.lineno if queries.depends(node.iter, scope) else 0
            scope.forget(assigned(node.body) | assigned([node]))
            if asked:
                bind(node.target, Asked(), scope)
            yield from self._once(node, scope, self._branch(around, asked))

    def _once(self, node: ast.For, scope: Scope, around: Around) -> Iterator[Step]:
        try:
            yield from self._body(node.body, scope, around)
        except Stopped:
            return

    def _with(self, node: ast.With, scope: Scope, around: Around) -> Iterator[Step]:
        for item in node.items:
            yield from self._calls(item.context_expr, scope, around)
            made = entered(item.context_expr, scope)
            if item.optional_vars:
                bind(item.optional_vars, made, scope)
            path = queries.called(item.context_expr, scope)
            if path in _SUPPRESS:
                around = replace(self._branch(around), swallowed=node.lineno)
            elif path.endswith(".begin_nested"):
                around = replace(around, swallowed=0)
        yield from self._body(node.body, scope, around)

    def _try(self, node: ast.Try, scope: Scope, around: Around) -> Iterator[Step]:
        hides = any(not _ends_in_raise(handler.body) for handler in node.handlers)
        swallowed = node.lineno if hides and not _has_savepoint(node) else around.swallowed
        inner = self._branch(around) if node.handlers else around
        yield from self._body(node.body, scope, replace(inner, swallowed=swallowed))
        for body in (*(h.body for h in node.handlers), node.orelse):
            try:
                yield from self._body(body, scope, self._branch(around))
            except Stopped:
                continue
        yield from self._body(node.finalbody, scope, around)


def _deeper(around: Around) -> Around:
    return replace(around, depth=around.depth + 1)


def _ends_in_raise(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise)


def _has_savepoint(node: ast.Try) -> bool:
    text = " ".join(ast.unparse(statement) for statement in node.body)
    return "begin_nested" in text or "SAVEPOINT" in text.upper()
