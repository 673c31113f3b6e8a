"""Conditions that ask which database a revision runs on."""

import ast
import re
from collections.abc import Iterable, Iterator

from remediate.lint.scope import Constant, Expression, Function, Scope, Text

_DIALECT = re.compile(
    r"postgres(?:ql)?|sqlite|mysql|mariadb|oracle|mssql|cockroachdb"
    r"|pysqlite|aiosqlite|pymysql|mysqldb|aiomysql|asyncmy|cx_oracle|oracledb"  # drivers
)
_CLASS = re.compile(
    r"(?:pg|postgresql\.|sqlite|mysql|mariadb|oracle|ms|mssql\.)\w*dialect\w*|sqlite3\.connection"
)
_QUESTION = re.compile(rf"_*(?:is_|on_|using_)*({_DIALECT.pattern}|pg)(?:_only)?")
_ASKED = re.compile(r"dialect|engine|driver|backend|url|database")
_PREFIX = re.compile(rf"({_DIALECT.pattern})(?:[+:].*)?")
_HAS = {"supports_sequences", "supports_identity_columns"}  # what PostgreSQL's dialect says yes to
_NOTHING = Scope("")
_DEEP = 3  # functions of functions


def holds_on_postgresql(test: ast.expr, scope: Scope = _NOTHING, depth: int = 0) -> bool | None:
    """Whether a condition on the dialect holds on PostgreSQL; None for other conditions."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = holds_on_postgresql(test.operand, scope, depth)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        values = [holds_on_postgresql(value, scope, depth) for value in test.values]
        return _combined(values, test.op)
    known = _known(test, scope, depth)
    if known is not None:
        return known
    names = _compared(test, scope) if isinstance(test, ast.Compare) else _asked(test, scope)
    if not names:
        return None
    positive = not isinstance(test, ast.Compare) or isinstance(test.ops[0], ast.Eq | ast.In)
    return any(map(_is_postgresql, names)) is positive


def is_name(text: str) -> bool:
    """Whether this is what SQLAlchemy calls a database."""
    return bool(_DIALECT.fullmatch(text))


def _is_postgresql(name: str) -> bool:
    return name.startswith(("postgres", "pg"))


def postgresql_among(names: Iterable[str]) -> str:
    """PostgreSQL's name, where all of these are names of databases; "" where they are not."""
    given = list(names)
    ours = [name for name in given if is_name(name) and _is_postgresql(name)]
    return ours[0] if ours and all(map(is_name, given)) else ""


def _known(test: ast.expr, scope: Scope, depth: int) -> bool | None:
    """The value of a name, the answer of a function of the module, what dialects can do."""
    if isinstance(test, ast.Attribute) and test.attr in _HAS:
        return True
    if isinstance(test, ast.Name):
        value = scope.names.get(test.id)
        if isinstance(value, Constant) and isinstance(value.value, bool):
            return value.value
    if isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and depth < _DEEP:
        function = scope.names.get(test.func.id)
        if isinstance(function, Function):
            return _answer(function.node.body, _inside(function, test, scope), depth + 1)
    return None


def _inside(function: Function, call: ast.Call, scope: Scope) -> Scope:
    """What a function knows of the strings that it is given."""
    inner, names = scope.copy(), [one.arg for one in function.node.args.args]
    given = dict(zip(names, call.args, strict=False))
    given |= {k.arg: k.value for k in call.keywords if k.arg in names}
    for name in names:
        written = _strings(given[name], scope) if name in given else ()
        inner.names[name] = tuple(Text.at(text, call.lineno) for text in written) or None
    return inner


def _answer(body: list[ast.stmt], scope: Scope, depth: int) -> bool | None:
    """What a function returns, as far as it follows from the dialect alone."""
    for statement in body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            holds = holds_on_postgresql(statement.value, scope, depth)
            written = Expression(statement.value) if holds is None else Constant(holds)
            scope.names[statement.targets[0].id] = written
        elif isinstance(statement, ast.If):
            taken = holds_on_postgresql(statement.test, scope, depth)
            if taken is None:
                return None
            inner = statement.body if taken else statement.orelse
            if any(map(_may_return, inner)):
                return _answer(inner, scope, depth)
        elif isinstance(statement, ast.Return):
            return _returned(statement.value, scope, depth)
        elif _may_return(statement):
            return None
    return None


def _may_return(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Return) for node in ast.walk(statement))


def _returned(value: ast.expr | None, scope: Scope, depth: int) -> bool | None:
    if isinstance(value, ast.Constant):
        return bool(value.value)
    return holds_on_postgresql(value, scope, depth) if value is not None else None


def _combined(values: list[bool | None], operator: ast.boolop) -> bool | None:
    """One part that fails decides `and`, one that holds decides `or`."""
    deciding = isinstance(operator, ast.Or)
    if deciding in values:
        return deciding
    return None if None in values else not deciding


def _compared(test: ast.Compare, scope: Scope) -> set[str]:
    """The databases that something is compared with, () where that is no name of one."""
    if len(test.ops) != 1:
        return set()
    left, right = test.left, test.comparators[0]
    for one, other in ((right, left), (left, right)):
        written = set(_strings(one, scope))
        if written and all(map(is_name, written)):
            contained = isinstance(test.ops[0], ast.In | ast.NotIn) and one is left
            return written if not contained or _asks(other, scope) else set()
    found = _DIALECT.search(ast.unparse(right).lower()) if _asks(left, scope) else None
    return {found[0]} if found and not list(_strings(right, scope)) else set()


def _strings(node: ast.expr, scope: Scope) -> Iterator[str]:
    """The strings in an expression, those of names too."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant):
            yield str(inner.value)
        elif isinstance(inner, ast.Name):
            value = scope.names.get(inner.id)
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, Text):
                    yield one.value


def _asks(node: ast.expr, scope: Scope) -> bool:
    """Whether an expression speaks of the dialect, the engine or its URL."""
    value = scope.names.get(node.id) if isinstance(node, ast.Name) else None
    written = value.expression if isinstance(value, Expression) else node
    return bool(_ASKED.search(ast.unparse(written).lower()))


def _asked(test: ast.expr, scope: Scope) -> set[str]:
    """isinstance(..., MySQLDialect), name.startswith("mysql"), is_sqlite, is_sqlite()."""
    if isinstance(test, ast.Call) and ast.unparse(test.func) == "isinstance" and test.args[1:]:
        found = _CLASS.search(ast.unparse(test.args[1]).lower())
        return {found[0]} if found else set()
    match test:
        case ast.Call(func=ast.Attribute(value=asked, attr="startswith"), args=[prefix]):
            starts = [_PREFIX.fullmatch(text) for text in _strings(prefix, scope)]
            known = _asks(asked, scope) and bool(starts) and all(starts)
            return {one[1] for one in starts if one} if known else set()
    named = test.func if isinstance(test, ast.Call) else test
    question = _QUESTION.fullmatch(ast.unparse(named).rpartition(".")[2].lower())
    return {question[1]} if question else set()
