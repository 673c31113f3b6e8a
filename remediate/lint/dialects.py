"""Conditions that ask which database a revision runs on."""

import ast
import re

_DIALECT = re.compile(r"postgres(?:ql)?|sqlite|mysql|mariadb|oracle|mssql")
_CLASS = re.compile(r"(?:pg|postgresql\.|sqlite|mysql|mariadb|oracle|ms|mssql\.)\w*dialect\w*")
_QUESTION = re.compile(rf"_*is_({_DIALECT.pattern})")
_ASKED = re.compile(r"dialect|engine|driver")


def holds_on_postgresql(test: ast.expr) -> bool | None:
    """Whether a condition on the dialect holds on PostgreSQL; None for other conditions."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = holds_on_postgresql(test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        return _combined([holds_on_postgresql(value) for value in test.values], test.op)
    names = _compared(test) if isinstance(test, ast.Compare) else _asked(test)
    if not names:
        return None
    positive = not isinstance(test, ast.Compare) or isinstance(test.ops[0], ast.Eq | ast.In)
    return any(name.startswith(("postgres", "pg")) for name in names) is positive


def _combined(values: list[bool | None], operator: ast.boolop) -> bool | None:
    """One part that fails decides `and`, one that holds decides `or`."""
    deciding = isinstance(operator, ast.Or)
    if deciding in values:
        return deciding
    return None if None in values else not deciding


def _compared(test: ast.Compare) -> set[str]:
    """The databases that something is compared with, () where that is no name of one."""
    if len(test.ops) != 1:
        return set()
    nodes = list(ast.walk(test.comparators[0]))
    written = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    if written:
        return written if all(map(_DIALECT.fullmatch, written)) else set()
    if not _ASKED.search(ast.unparse(test.left).lower()):
        return set()
    found = _DIALECT.search(ast.unparse(test.comparators[0]).lower())
    return {found[0]} if found else set()


def _asked(test: ast.expr) -> set[str]:
    """isinstance(..., MySQLDialect), is_sqlite, is_sqlite()."""
    if isinstance(test, ast.Call) and ast.unparse(test.func) == "isinstance" and test.args[1:]:
        found = _CLASS.search(ast.unparse(test.args[1]).lower())
        return {found[0]} if found else set()
    named = test.func if isinstance(test, ast.Call) else test
    asked = _QUESTION.fullmatch(ast.unparse(named).rpartition(".")[2].lower())
    return {asked[1]} if asked else set()
