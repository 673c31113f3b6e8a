"""Statements after which a revision may not go on: a condition that a run decides leaves there."""

import ast
from collections.abc import Iterable, Iterator

from remediate.lint.branches import case_taken
from remediate.lint.dialects import holds_on_postgresql
from remediate.lint.scope import Scope

_LOOPS = ast.For | ast.AsyncFor | ast.While
_Part = tuple[ast.stmt, bool]  # a statement, and whether a run decides that it is reached


def may_leave(node: ast.stmt, scope: Scope) -> bool:
    """Whether what follows this statement may not run on PostgreSQL."""
    return _may_leave(node, scope, decided=False, in_loop=isinstance(node, _LOOPS))


def _may_leave(node: ast.stmt, scope: Scope, *, decided: bool, in_loop: bool) -> bool:
    """`in_loop`: one that is looked into, so that `continue` and `break` end nothing else."""
    if isinstance(node, ast.Return):
        return decided
    if isinstance(node, ast.Continue | ast.Break):
        return decided and not in_loop
    return any(
        _may_leave(one, scope, decided=decided or more, in_loop=in_loop or isinstance(one, _LOOPS))
        for one, more in _parts(node, scope)
    )


def _parts(node: ast.stmt, scope: Scope) -> Iterator[_Part]:
    """The statements in it that PostgreSQL may come to."""
    match node:
        case ast.If():
            taken = holds_on_postgresql(node.test, scope)
            yield from _each(node.body if taken is not False else [], decided=taken is None)
            yield from _each(node.orelse if taken is not True else [], decided=taken is None)
        case ast.Match():
            yield from _of_cases(node)
        case ast.Try() | ast.TryStar():
            yield from _each([*node.body, *node.orelse, *node.finalbody], decided=False)
            yield from _each([s for h in node.handlers for s in h.body], decided=True)
        case ast.With() | ast.AsyncWith():
            yield from _each(node.body, decided=False)
        case ast.For() | ast.AsyncFor() | ast.While():
            yield from _each(node.body, decided=True)  # there may be no turn
            yield from _each(node.orelse, decided=False)


def _of_cases(node: ast.Match) -> Iterator[_Part]:
    try:
        taken = case_taken(node)
    except ValueError:
        yield from _each([s for case in node.cases for s in case.body], decided=True)
    else:
        yield from _each(taken.body if taken else [], decided=False)


def _each(statements: Iterable[ast.stmt], *, decided: bool) -> Iterator[_Part]:
    return ((one, decided) for one in statements)
