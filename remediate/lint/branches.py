"""The parts of a statement that PostgreSQL may come to."""

import ast
from collections import deque
from collections.abc import Iterator

from remediate.lint.dialects import holds_on_postgresql, is_name, postgresql_among
from remediate.lint.scope import Scope


def case_taken(node: ast.Match) -> ast.match_case | None:
    """The case for PostgreSQL; None where there is none. Raises ValueError for other cases."""
    cases = [(case, set(_alternatives(case.pattern))) for case in node.cases]
    written = {name for _, names in cases for name in names}
    if not written or not all(map(is_name, written)) or any(case.guard for case in node.cases):
        raise ValueError
    return next((case for case, names in cases if postgresql_among(names) or not names), None)


def _alternatives(pattern: ast.pattern) -> Iterator[str]:
    """The strings that a pattern takes; none where it takes everything."""
    match pattern:
        case ast.MatchValue(value=ast.Constant(value=str(text))):
            yield text
        case ast.MatchOr(patterns=patterns):
            for one in patterns:
                yield from _alternatives(one)
        case ast.MatchAs(pattern=None):
            pass
        case _:
            yield ast.unparse(pattern)


def reached(node: ast.AST, scope: Scope) -> Iterator[ast.Call]:
    """The calls in a statement, but for those that only another database is to run."""
    left: deque[ast.AST] = deque([node])
    while left:
        one = left.popleft()
        if isinstance(one, ast.Call):
            yield one
        if isinstance(one, ast.IfExp):
            holds = holds_on_postgresql(one.test, scope)
            left += [one.test, *([one.body] if holds is not False else [])]
            left += [one.orelse] if holds is not True else []
        elif isinstance(one, ast.BoolOp):
            left += _operands(one, scope)
        else:
            left += ast.iter_child_nodes(one)


def _operands(node: ast.BoolOp, scope: Scope) -> Iterator[ast.expr]:
    """As far as PostgreSQL gets: `is_sqlite and ...` ends with its first part."""
    ends = isinstance(node.op, ast.Or)
    for value in node.values:
        yield value
        if holds_on_postgresql(value, scope) is ends:
            return
