"""Decide which defaults a column keeps when its type changes."""

import re
from dataclasses import replace

import libcst as cst
import libcst.matchers as m

from remediate.codemod.names import Names
from remediate.codemod.source import ParsedSource
from remediate.codemod.values import Unsafe

NAMES = (
    "default", "insert_default", "default_factory", "server_default", "onupdate", "server_onupdate",
)  # fmt: skip
_MAKER = re.compile(r"uuid(?:[1-8]|_?v[1-8])(str|_str)?")
_SERVER_MAKER = re.compile(
    r"\(*(?:\w+\.)?(?:gen_random_uuid|uuid_generate_v\w+|uuidv?\d)\(\)\)*(::[\w ]+)?"
)
_NUMBER = re.compile(r"'?[-+]?\d+'?(?:::\w+)?|\(*nextval\(.*\)\)*")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_NOUN = {"int": "integer", "decimal.Decimal": "number", "uuid.UUID": "UUID", "str": "text"}


def must_go(
    name: str, value: cst.BaseExpression, python: str, text: ParsedSource, names: Names
) -> bool:
    """Whether a default has to be removed; raises Unsafe if a person has to decide."""
    made = _made_by_server(value, names) or _made_by(value, names)
    numeric = python in ("int", "decimal.Decimal")
    if made and numeric:
        return True
    fits = made == "uuid" if python == "uuid.UUID" else made == "text" or _on_server(name, made)
    if (made and fits) or (not made and _fits(name, value, python, names)):
        return False
    code = " ".join(text.code(value).split())
    raise Unsafe(f"its {name} `{code}` makes no {_NOUN[python]}: change it by hand")


def _on_server(name: str, made: str) -> bool:
    """Whether PostgreSQL converts it: it stores a UUID as text, which Python's drivers do not."""
    return bool(made) and name.startswith("server_")


def _made_by(node: cst.BaseExpression, names: Names) -> str:
    """ "uuid" or "text" if calling this returns a random UUID as such, else ""."""
    if isinstance(node, cst.Lambda):
        return _value(node.body, names)
    if isinstance(node, cst.Name) and node.value in names.functions:
        return _returned(names.functions[node.value], names)
    match = _MAKER.fullmatch(names.origin(node).rpartition(".")[2])
    return "" if not match else "text" if match[1] else "uuid"


def _value(node: cst.BaseExpression, names: Names) -> str:
    """The same for a value instead of a function."""
    if isinstance(node, cst.Attribute):
        return "text" if node.attr.value == "hex" and _value(node.value, names) else ""
    if not isinstance(node, cst.Call):
        return ""
    if names.origin(node.func) == "builtins.str" and len(node.args) == 1:
        return "text" if _value(node.args[0].value, names) else ""
    return _made_by(node.func, names) if not isinstance(node.func, cst.Lambda) else ""


def _returned(function: cst.FunctionDef, names: Names) -> str:
    """The same for the body of a function that only returns a value."""
    returns = m.findall(function.body, m.Return())
    last = function.body.body[-1]
    final = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    if len(returns) != 1 or not isinstance(final, cst.Return) or final.value is None:
        return ""
    return _value(final.value, replace(names, functions={}))


def _made_by_server(node: cst.BaseExpression, names: Names) -> str:
    sql = _sql(node, names)
    match = _SERVER_MAKER.fullmatch(sql)
    cast = match[1] if match else None
    return "" if not match else "text" if cast and cast != "::uuid" else "uuid"


def _sql(node: cst.BaseExpression, names: Names) -> str:
    """The SQL of text("..."), func.name() or a string literal, stripped."""
    if isinstance(node, cst.SimpleString):
        return str(node.evaluated_value).strip()
    if not isinstance(node, cst.Call):
        return ""
    if names.library_name(node.func) == "text" and len(node.args) == 1:
        return _sql(node.args[0].value, names)
    func = node.func
    if (
        isinstance(func, cst.Attribute)
        and names.library_name(func.value) == "func"
        and not node.args
    ):
        return f"{func.attr.value}()"
    return ""


def _fits(name: str, value: cst.BaseExpression, python: str, names: Names) -> bool:
    """Whether a constant default is a value of a Python type."""
    if isinstance(value, cst.Ellipsis) or (isinstance(value, cst.Name) and value.value == "None"):
        return True
    if names.library_call(value) == "FetchedValue":
        return True
    sql = _sql(value, names)
    if name.startswith("server_"):
        pattern = {"str": re.compile(".*", re.DOTALL), "uuid.UUID": _UUID}.get(python, _NUMBER)
        return bool(sql) and pattern.fullmatch(sql) is not None
    if python == "str":
        return isinstance(value, cst.SimpleString)
    number = value.expression if isinstance(value, cst.UnaryOperation) else value
    return python in ("int", "decimal.Decimal") and isinstance(number, cst.Integer)
