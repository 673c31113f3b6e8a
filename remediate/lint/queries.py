"""What a revision asks the database, and what comes to depend on the answer."""

import ast
import re

from remediate.lint.evaluate import evaluate, evaluate_text
from remediate.lint.scope import Connection, Function, QueryResult, Scope, Value

_CONNECTIONS = {"alembic.op.get_bind", "alembic.context.get_bind", "alembic.op.get_context"}
_SESSIONS = {"Session", "sessionmaker", "scoped_session"}
_FETCHING = {
    "fetchall", "fetchone", "fetchmany", "scalar", "scalar_one", "scalar_one_or_none", "scalars",
    "first", "one", "one_or_none", "all", "mappings", "rowcount", "execute", "exec_driver_sql",
}  # fmt: skip
_INSPECTING = {"sqlalchemy.inspect", "sqlalchemy.engine.reflection.Inspector.from_engine"}
_OF_CATALOG = re.compile(
    r"\b(?:information_schema|pg_[a-z_]+|to_reg\w+|current_\w+|version\(\)|sqlite_master)\b|\bSHOW\b",
    re.IGNORECASE,
)
_OFFLINE = {"is_offline_mode", "as_sql"}


def called_path(node: ast.expr, scope: Scope) -> str:
    """The path of what is called; ".NAME" for a method of something that is not imported."""
    if not isinstance(node, ast.Call):
        return ""
    method = f".{node.func.attr}" if isinstance(node.func, ast.Attribute) else ""
    return scope.dotted(node.func) or method


def resolve(node: ast.expr, scope: Scope) -> Value:
    """Like `evaluate`, and knows connections, and what was asked through them."""
    if is_connection(node, scope):
        return Connection()
    return answer(node, scope) or evaluate(node, scope)


def is_connection(node: ast.expr, scope: Scope) -> bool:
    """Whether the expression is the migration's connection, or a session upon it."""
    if isinstance(node, ast.Name):
        return isinstance(scope.names.get(node.id), Connection)
    if isinstance(node, ast.Attribute):
        return node.attr in {"connection", "bind"} and is_connection(node.value, scope)
    path = called_path(node, scope)
    if path in _CONNECTIONS:
        return True
    if not isinstance(node, ast.Call) or not path:
        return False
    if path.rpartition(".")[2] in _SESSIONS:
        given = [*node.args, *(k.value for k in node.keywords)]
        return any(is_connection(argument, scope) for argument in given)
    inner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return path in {".connect", ".execution_options"} and bool(
        inner and is_connection(inner, scope)
    )


def runs_sql(call: ast.Call, scope: Scope) -> bool:
    """Whether the call sends its first argument through the migration's connection."""
    if not isinstance(call.func, ast.Attribute) or not call.args:
        return False
    return call.func.attr in {"execute", "exec_driver_sql", "scalar", "scalars"} and is_connection(
        call.func.value, scope
    )


def answer(node: ast.expr, scope: Scope) -> QueryResult | None:
    """What the database answers, where the value of an expression comes from it."""
    found = [one for inner in ast.walk(node) if (one := _answer(inner, scope))]
    return QueryResult(any(one.of_rows for one in found)) if found else None


def _answer(node: ast.AST, scope: Scope) -> QueryResult | None:
    if isinstance(node, ast.Name):
        value = scope.names.get(node.id)
        return value if isinstance(value, QueryResult) else None
    if not isinstance(node, ast.Call):
        return None
    path = called_path(node, scope)
    if path in _INSPECTING:
        asked = bool(node.args) and is_connection(node.args[0], scope)
        return QueryResult(of_rows=False) if asked else None
    function = scope.names.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if isinstance(function, Function):
        return _answer_of_function(function, scope)
    asking = _innermost(node)
    if path[1:] not in _FETCHING or not runs_sql(asking, scope):
        return None
    sql = evaluate_text(asking.args[0], scope).value
    return QueryResult(of_rows=not _OF_CATALOG.search(sql))


def _innermost(call: ast.Call) -> ast.Call:
    """The call that a chain of calls starts with: bind.execute(...) of ....scalars().all()."""
    while isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        inner = call.func.value
        if call.func.attr in {"execute", "exec_driver_sql", "scalar"} and call.args:
            break
        call = inner
    return call


def _answer_of_function(function: Function, scope: Scope) -> QueryResult | None:
    """What a function of the module answers, where it reads that from the database."""
    returns = [n for n in ast.walk(function.node) if isinstance(n, ast.Return) and n.value]
    words = {n.attr for n in ast.walk(function.node) if isinstance(n, ast.Attribute)}
    paths = {called_path(n, scope) for n in ast.walk(function.node) if isinstance(n, ast.Call)}
    of_catalog = bool(paths & _INSPECTING or _OF_CATALOG.search(ast.unparse(function.node)))
    reads = bool(words & _FETCHING) or bool(paths & _INSPECTING)
    return QueryResult(not of_catalog) if returns and paths & _CONNECTIONS and reads else None


def is_offline_aware(tree: ast.Module) -> bool:
    """Whether the revision looks whether it is run by --sql."""
    nodes = list(ast.walk(tree))
    return any(isinstance(n, ast.Attribute) and n.attr in _OFFLINE for n in nodes) or any(
        isinstance(n, ast.Name) and n.id in _OFFLINE for n in nodes
    )
