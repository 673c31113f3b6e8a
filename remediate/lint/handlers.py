"""What becomes of a statement that fails under `try`: hidden, raised again, or undone."""

import ast
import builtins
from collections.abc import Iterable

from remediate.lint.dialects import holds_on_postgresql
from remediate.lint.scope import Constant, Expression, Function, Scope, assigned_names

# Of sqlalchemy.exc, and raised before the server is asked, or after it has answered.
_OF_PYTHON = {
    "ArgumentError", "CompileError", "InvalidRequestError", "MultipleResultsFound",
    "NoInspectionAvailable", "NoReferencedTableError", "NoResultFound", "NoSuchColumnError",
    "NoSuchModuleError", "NoSuchTableError", "UnsupportedCompilationError",
    "OperationalError",  # on PostgreSQL: no connection, no lock, no memory; DDL is never refused so
}  # fmt: skip
_EXITS = {"exit", "quit", "sys.exit", "os._exit", "os.abort"}
_LEAVES = ast.Return | ast.Break | ast.Continue


def hides(node: ast.Try, scope: Scope) -> bool:
    """Whether a statement that the server refuses goes unnoticed on PostgreSQL."""
    silent = (h for h in node.handlers if catches(h.type) and not raises(h.body, scope))
    return any(not _undoes(handler.body, scope) for handler in silent) and not _saves(node, scope)


def catches(type_: ast.expr | None) -> bool:
    """Whether an `except` of this, or of everything, gets errors of the server."""
    if isinstance(type_, ast.Tuple | ast.List):
        return any(map(catches, type_.elts))
    name = ast.unparse(type_).rpartition(".")[2] if type_ is not None else "Exception"
    known = getattr(builtins, name, None)
    of_python = isinstance(known, type) and known not in {Exception, BaseException}
    return not of_python and name not in _OF_PYTHON


def raises(body: Iterable[ast.stmt], scope: Scope) -> bool:
    """Whether these statements always end in an exception on PostgreSQL."""
    for statement in body:
        if isinstance(statement, _LEAVES):
            return False
        if _raises(statement, scope):
            return True
        if isinstance(statement, ast.If) and any(
            isinstance(inner, _LEAVES) for part in _taken(statement, scope) for inner in part
        ):
            return False
    return False


def _raises(statement: ast.stmt, scope: Scope) -> bool:
    match statement:
        case ast.Raise():
            return True
        case ast.If():
            return all(raises(part, scope) for part in _taken(statement, scope))
        case ast.With(body=body):
            return raises(body, scope)
        case ast.Try(finalbody=body):
            return raises(body, scope)
        case ast.Expr(value=ast.Call(func=called)):
            function = scope.names.get(called.id) if isinstance(called, ast.Name) else None
            inner = function.node.body if isinstance(function, Function) else []
            return ast.unparse(called) in _EXITS or raises(inner, scope)
    return False


def _taken(node: ast.If, scope: Scope) -> tuple[list[ast.stmt], ...]:
    """The branches that PostgreSQL may take."""
    holds = holds_on_postgresql(node.test, scope)
    if holds is None:
        return node.body, node.orelse
    return (node.body,) if holds else (node.orelse,)


def _undoes(body: list[ast.stmt], scope: Scope) -> bool:
    """Whether a handler goes back to a savepoint."""
    for node in (inner for statement in body for inner in ast.walk(statement)):
        match node:
            case ast.Constant(value=str(text)) if "ROLLBACK TO" in text.upper():
                return True
            case ast.Attribute(value=ast.Name(id=name), attr="rollback"):
                value = scope.names.get(name)
                made = ast.unparse(value.expression) if isinstance(value, Expression) else name
                if is_savepoint(made):
                    return True
    return False


def _saves(node: ast.Try, scope: Scope) -> bool:
    """Whether the steps run in a savepoint, also one of a function of the module."""
    if is_savepoint(" ".join(map(ast.unparse, node.body))):
        return True
    called = {n.id for s in node.body for n in ast.walk(s) if isinstance(n, ast.Name)}
    functions = [scope.names.get(name) for name in called]
    return any(
        is_savepoint(ast.unparse(one.node)) for one in functions if isinstance(one, Function)
    )


def is_savepoint(source: str) -> bool:
    """Whether this speaks of a savepoint: begin_nested, SAVEPOINT, a context manager's name."""
    return "begin_nested" in source or "savepoint" in source.lower()


def may_differ(node: ast.Try, scope: Scope) -> set[str]:
    """The names whose value depends on whether a statement failed."""
    caught = assigned_names([statement for h in node.handlers for statement in h.body])
    tried = assigned_names(node.body) if node.handlers else set()
    return caught | {name for name in tried if isinstance(scope.names.get(name), Constant)}


def handler_lines(tree: ast.Module) -> frozenset[int]:
    """The lines that run only after an exception."""
    return frozenset(
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        for statement in node.body
        for line in range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)
    )
