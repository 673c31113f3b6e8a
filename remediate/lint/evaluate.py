"""Expressions of a revision to values: strings, lists of them, templates filled in."""

import ast
import re
import textwrap
from collections.abc import Callable, Iterator

from remediate.lint.dialects import holds_on_postgresql, postgresql_among
from remediate.lint.filling import as_text, by_key, fill_braces, fill_percent
from remediate.lint.scope import (
    HOLE,
    Constant,
    Dictionary,
    Expression,
    Function,
    Imported,
    Scope,
    Text,
    Value,
    literal_text,
    spread_text,
)

_TEXT = {"text", "DDL"}
_WORD = re.compile(r"\S+")
_KEEPING = {"bindparams", "execution_options", "columns"}


def evaluate(node: ast.expr, scope: Scope) -> Value:
    """The value of an expression, None where only a run would tell."""
    reader = _READERS.get(type(node))
    return reader(node, scope) if reader else None


def evaluate_text(node: ast.expr | None, scope: Scope) -> Text:
    """The expression as a string, with holes; one hole where nothing is known of it."""
    if node is None:
        return Text("", ())
    value = evaluate(node, scope)
    return as_text(value, node.lineno) if isinstance(value, Text | Constant) else _hole(node)


def _hole(node: ast.expr) -> Text:
    return Text.at(HOLE, node.lineno)


def _constant(node: ast.Constant, scope: Scope) -> Value:
    return literal_text(node, scope.source) if isinstance(node.value, str) else Constant(node.value)


def _name(node: ast.Name, scope: Scope) -> Value:
    return scope.names.get(node.id)


def _sequence(node: ast.Tuple | ast.List, scope: Scope) -> Value:
    if any(isinstance(item, ast.Starred) for item in node.elts):
        return None
    return tuple(evaluate(item, scope) for item in node.elts)


def _dictionary(node: ast.Dict, scope: Scope) -> Value:
    if None in node.keys:
        return None
    keys = [evaluate(key, scope) for key in node.keys if key]
    return Dictionary(tuple(zip(keys, [evaluate(v, scope) for v in node.values], strict=True)))


def _formatted(node: ast.JoinedStr, scope: Scope) -> Value:
    """An f-string. Python 3.11 does not say where its parts stand: their line ends are counted."""
    result, line = Text("", ()), node.lineno
    last = node.end_lineno or line
    ends = sum(str(v.value).count("\n") for v in node.values if isinstance(v, ast.Constant))
    last = last if ends == last - line else line
    for part in node.values:
        if isinstance(part, ast.Constant):
            result += spread_text(str(part.value), line, last)
            line = min(line + str(part.value).count("\n"), last)
        elif isinstance(part, ast.FormattedValue):
            known = part.conversion == -1 and part.format_spec is None
            value = evaluate(part.value, scope) if known else None
            result += Text.at(as_text(value, line).value, line)
    return result


def _operation(node: ast.BinOp, scope: Scope) -> Value:
    left = evaluate(node.left, scope)
    if isinstance(node.op, ast.Add):
        right = evaluate(node.right, scope)
        if isinstance(left, tuple) and isinstance(right, tuple):
            return left + right
        if isinstance(left, Text) or isinstance(right, Text):
            return as_text(left, node.left.lineno) + as_text(right, node.right.lineno)
    if isinstance(node.op, ast.Mod) and isinstance(left, Text):
        return fill_percent(left, evaluate(node.right, scope))
    return None


def _call(node: ast.Call, scope: Scope) -> Value:
    """Calls that make one string of another; all others are kept as they are."""
    path = scope.dotted(node.func)
    first = node.args[0] if node.args else None
    if first and path.startswith("sqlalchemy") and path.rpartition(".")[2] in _TEXT:
        return evaluate_text(first, scope)
    if first and path in {"textwrap.dedent", "inspect.cleandoc"}:
        return _dedented(evaluate(first, scope))
    if isinstance(node.func, ast.Name) and node.func.id in {"list", "tuple", "reversed", "sorted"}:
        value = evaluate(first, scope) if first else ()
        return value[::-1] if node.func.id == "reversed" and isinstance(value, tuple) else value
    if isinstance(node.func, ast.Name) and node.func.id == "dict" and not node.args:
        return _keyed(node, scope)
    if isinstance(node.func, ast.Attribute) and not path:
        return _method(evaluate(node.func.value, scope), node.func.attr, node, scope)
    function = scope.names.get(node.func.id) if isinstance(node.func, ast.Name) else None
    made = _returned(function.node, node, scope) if isinstance(function, Function) else None
    return made or Expression(node)


def _keyed(call: ast.Call, scope: Scope) -> Value:
    """dict(name=value)"""
    if not all(k.arg for k in call.keywords):
        return None
    items = ((Text.at(k.arg or "", call.lineno), evaluate(k.value, scope)) for k in call.keywords)
    return Dictionary(tuple(items))


def _returned(function: ast.FunctionDef, call: ast.Call, scope: Scope) -> Value:
    """What a function of the module returns that does nothing but assign names."""
    inner, given = scope.copy(), function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    inner.forget({function.name, *names})
    inner.names |= {n: evaluate(v, scope) for n, v in zip(names, call.args, strict=False)}
    inner.names |= {k.arg: evaluate(k.value, scope) for k in call.keywords if k.arg in names}
    for statement in function.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                inner.names[name] = evaluate(value, inner)
            case ast.Return(value=ast.expr() as value):
                return evaluate(value, inner)
            case ast.Expr(value=ast.Constant()):
                pass
            case _:
                return None
    return None


def _dedented(value: Value) -> Value:
    """textwrap.dedent leaves the lines where they are."""
    if not isinstance(value, Text):
        return value
    result = textwrap.dedent(value.value)
    if result.count("\n") != value.value.count("\n") or not value.lines:
        return Text.at(result, value.line(0))
    return spread_text(result, value.lines[0], value.lines[-1])


def _method(value: Value, method: str, call: ast.Call, scope: Scope) -> Value:
    if isinstance(value, Dictionary):
        return _of_dictionary(value, method, call, scope)
    if not isinstance(value, Text) or method in _KEEPING:
        return value if isinstance(value, Text) else Expression(call)
    given = [evaluate(argument, scope) for argument in call.args]
    if method == "format":
        named = {k.arg: evaluate(k.value, scope) for k in call.keywords if k.arg}
        return fill_braces(value, given, named)
    if method == "split" and len(given) < 2 and not call.keywords:
        return _split(value, given[0]) if given else _words(value)
    if method == "join" and given and isinstance(given[0], tuple):
        return _joined(value, given[0], call.lineno)
    return _stripped(value, method) if not given else None


def _of_dictionary(value: Dictionary, method: str, call: ast.Call, scope: Scope) -> Value:
    if call.args:
        return _of_key(value, evaluate(call.args[0], scope)) if method == "get" else None
    parts = {"items": value.items, "keys": tuple(k for k, _ in value.items)}
    return parts.get(method, tuple(v for _, v in value.items) if method == "values" else None)


def _stripped(value: Text, method: str) -> Value:
    if method not in {"strip", "lstrip", "rstrip"}:
        return None
    start = len(value.value) - len(value.value.lstrip()) if method != "rstrip" else 0
    end = len(value.value.rstrip()) if method != "lstrip" else len(value.value)
    return value.part(start, max(start, end))


def _words(value: Text) -> tuple[Text, ...]:
    return tuple(value.part(*word.span()) for word in _WORD.finditer(value.value))


def _split(value: Text, separator: Value) -> Value:
    return tuple(_parts(value, separator.value)) if isinstance(separator, Text) else None


def _parts(value: Text, separator: str) -> Iterator[Text]:
    start = 0
    while separator and (end := value.value.find(separator, start)) >= 0:
        yield value.part(start, end)
        start = end + len(separator)
    yield value.part(start)


def _joined(separator: Text, parts: tuple[Value, ...], line: int) -> Text:
    result = Text("", ())
    for number, part in enumerate(parts):
        result += (separator if number else Text("", ())) + as_text(part, line)
    return result


def _choice(node: ast.IfExp, scope: Scope) -> Value:
    """`a if condition else b`, where the condition is about the dialect."""
    holds = holds_on_postgresql(node.test, scope)
    return None if holds is None else evaluate(node.body if holds else node.orelse, scope)


def _subscript(node: ast.Subscript, scope: Scope) -> Value:
    """One of a list or dictionary, or a part of a list."""
    value, index = evaluate(node.value, scope), node.slice
    if isinstance(value, tuple):
        return _item(value, index)
    return _of_key(value, evaluate(index, scope))


def _of_key(value: Value, key: Value) -> Value:
    """What stands under a key; under PostgreSQL's name, where all keys are databases'."""
    given = by_key(value)
    if isinstance(key, Text) and key.complete:
        return given.get(key.value)
    return given.get(postgresql_among(given))


def _attribute(node: ast.Attribute, scope: Scope) -> Value:
    """An operation under another name is followed; types and the like are kept as written."""
    path = scope.dotted(node)
    return Imported(path) if path.startswith("alembic.") else Expression(node)


def _item(value: tuple[Value, ...], index: ast.expr) -> Value:
    """What stands at a number or between two that are written out."""
    try:
        if isinstance(index, ast.Slice):
            ends = (index.lower, index.upper, index.step)
            return value[slice(*(ast.literal_eval(end) if end else None for end in ends))]
        item: Value = value[ast.literal_eval(index)]
    except (ValueError, TypeError, IndexError):
        return None
    return item


_READERS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Dict: _dictionary,
    ast.JoinedStr: _formatted,
    ast.BinOp: _operation,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.IfExp: _choice,
    ast.Attribute: _attribute,
}
