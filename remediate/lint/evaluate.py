"""Expressions of a revision to values: strings, lists of them, and what they are made with."""

import ast
import textwrap
from collections.abc import Callable, Iterator

from remediate.lint.filling import braces, by_name, percent, written
from remediate.lint.scope import Node, Pairs, Path, Plain, Scope, Value
from remediate.lint.text import HOLE, Text, literal, spread

_TEXT = {"text", "DDL"}
_KEEPING = {"bindparams", "execution_options", "columns"}


def evaluate(node: ast.expr, scope: Scope) -> Value:
    """The value of an expression, None where only a run would tell."""
    reader = _READERS.get(type(node))
    return reader(node, scope) if reader else None


def text(node: ast.expr | None, scope: Scope) -> Text:
    """The expression as a string, with holes; one hole where nothing is known of it."""
    if node is None:
        return Text("", ())
    value = evaluate(node, scope)
    return written(value, node.lineno) if isinstance(value, Text | Plain) else _hole(node)


def _hole(node: ast.expr) -> Text:
    return Text.at(HOLE, node.lineno)


def _constant(node: ast.Constant, scope: Scope) -> Value:
    return literal(node, scope.source) if isinstance(node.value, str) else Plain(node.value)


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
    return Pairs(tuple(zip(keys, [evaluate(v, scope) for v in node.values], strict=True)))


def _formatted(node: ast.JoinedStr, scope: Scope) -> Value:
    """An f-string. Python 3.11 does not say where its parts stand: their line ends are counted."""
    made, line = Text("", ()), node.lineno
    last = node.end_lineno or line
    ends = sum(str(v.value).count("\n") for v in node.values if isinstance(v, ast.Constant))
    last = last if ends == last - line else line
    for part in node.values:
        if isinstance(part, ast.Constant):
            made += spread(str(part.value), line, last)
            line = min(line + str(part.value).count("\n"), last)
        elif isinstance(part, ast.FormattedValue):
            known = part.conversion == -1 and part.format_spec is None
            value = evaluate(part.value, scope) if known else None
            made += Text.at(written(value, line).value, line)
    return made


def _operation(node: ast.BinOp, scope: Scope) -> Value:
    left = evaluate(node.left, scope)
    if isinstance(node.op, ast.Add):
        right = evaluate(node.right, scope)
        if isinstance(left, tuple) and isinstance(right, tuple):
            return left + right
        if isinstance(left, Text) or isinstance(right, Text):
            return written(left, node.left.lineno) + written(right, node.right.lineno)
    if isinstance(node.op, ast.Mod) and isinstance(left, Text):
        return percent(left, evaluate(node.right, scope))
    return None


def _call(node: ast.Call, scope: Scope) -> Value:
    """Calls that make one string of another; all others are kept as they are."""
    path = scope.dotted(node.func)
    first = node.args[0] if node.args else None
    if first and path.startswith("sqlalchemy") and path.rpartition(".")[2] in _TEXT:
        return text(first, scope)
    if first and path in {"textwrap.dedent", "inspect.cleandoc"}:
        return _dedented(evaluate(first, scope))
    if isinstance(node.func, ast.Name) and node.func.id in {"list", "tuple", "reversed", "sorted"}:
        value = evaluate(first, scope) if first else ()
        return value[::-1] if node.func.id == "reversed" and isinstance(value, tuple) else value
    if isinstance(node.func, ast.Attribute) and not path:
        return _method(evaluate(node.func.value, scope), node.func.attr, node, scope)
    return Node(node)


def _dedented(value: Value) -> Value:
    """textwrap.dedent leaves the lines where they are."""
    if not isinstance(value, Text):
        return value
    made = textwrap.dedent(value.value)
    if made.count("\n") != value.value.count("\n") or not value.lines:
        return Text.at(made, value.line(0))
    return spread(made, value.lines[0], value.lines[-1])


def _method(value: Value, method: str, call: ast.Call, scope: Scope) -> Value:
    if isinstance(value, Pairs) and not call.args:
        parts = {"items": value.items, "keys": tuple(k for k, _ in value.items)}
        return parts.get(method, tuple(v for _, v in value.items) if method == "values" else None)
    if not isinstance(value, Text) or method in _KEEPING:
        return value if isinstance(value, Text) else Node(call)
    given = [evaluate(argument, scope) for argument in call.args]
    if method == "format":
        named = {k.arg: evaluate(k.value, scope) for k in call.keywords if k.arg}
        return braces(value, given, named)
    if method == "split" and len(given) == 1 and isinstance(given[0], Text):
        return tuple(_split(value, given[0].value))
    if method == "join" and given and isinstance(given[0], tuple):
        return _joined(value, given[0], call.lineno)
    return _stripped(value, method) if not given else None


def _stripped(value: Text, method: str) -> Value:
    if method not in {"strip", "lstrip", "rstrip"}:
        return None
    start = len(value.value) - len(value.value.lstrip()) if method != "rstrip" else 0
    end = len(value.value.rstrip()) if method != "lstrip" else len(value.value)
    return value.part(start, max(start, end))


def _split(value: Text, separator: str) -> Iterator[Text]:
    start = 0
    while separator and (end := value.value.find(separator, start)) >= 0:
        yield value.part(start, end)
        start = end + len(separator)
    yield value.part(start)


def _joined(separator: Text, parts: tuple[Value, ...], line: int) -> Text:
    made = Text("", ())
    for number, part in enumerate(parts):
        made += (separator if number else Text("", ())) + written(part, line)
    return made


def _subscript(node: ast.Subscript, scope: Scope) -> Value:
    """One of a list or dictionary, or a part of a list."""
    value, index = evaluate(node.value, scope), node.slice
    if isinstance(value, tuple):
        return _item(value, index)
    key = evaluate(index, scope)
    return by_name(value).get(key.value) if isinstance(key, Text) else None


def _attribute(node: ast.Attribute, scope: Scope) -> Value:
    """An operation under another name is followed; types and the like are kept as written."""
    path = scope.dotted(node)
    return Path(path) if path.startswith("alembic.") else Node(node)


def _item(value: tuple[Value, ...], index: ast.expr) -> Value:
    """What stands at a number or between two that are written out."""
    try:
        if isinstance(index, ast.Slice):
            ends = (index.lower, index.upper, index.step)
            return value[slice(*(ast.literal_eval(end) if end else None for end in ends))]
        found: Value = value[ast.literal_eval(index)]
    except (ValueError, TypeError, IndexError):
        return None
    return found


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
    ast.Attribute: _attribute,
}
