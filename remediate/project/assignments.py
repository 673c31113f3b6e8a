"""Whether Python code makes a value for an attribute, as its source tells."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType

_SETTERS = {"setattr", "__setattr__", "setdefault", "set_attribute", "set_committed_value"}
_FILLED = {"__init__", "update", "dict"}  # their keywords become attributes, or keys of those
_GETTERS = {"get", "pop"}


def makes(function: FunctionType, name: str, class_: type) -> bool:
    """Whether the function, or what it hands its arguments to, sets `name` to a value of its own.

    One that only passes on what its caller gave makes none: without a value the database is
    asked. Of code without source each mention counts.
    """
    return any(_sets(one, name) for one in _called({}, function, class_))


def _called(
    seen: dict[FunctionType, None], function: FunctionType, class_: type
) -> dict[FunctionType, None]:
    if function in seen:
        return seen
    seen[function] = None
    tree = _tree(function)
    for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)) if tree else ():
        helper = _helper(call, function, class_)
        if isinstance(helper, FunctionType) and helper.__module__ == function.__module__:
            _called(seen, helper, class_)
    return seen


def _helper(call: ast.Call, function: FunctionType, class_: type) -> object:
    """What is called, where it gets hold of an argument of the function."""
    taken = _parameters(function.__code__)
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=method) if name in taken:
            return inspect.getattr_static(class_, method, None)
        case ast.Name(id=name) if any(_is_one_of(a, taken) for a in call.args):
            return function.__globals__.get(name)
    return None


def _sets(function: FunctionType, name: str) -> bool:
    tree = _tree(function)
    if tree is None:
        return name in _words(function.__code__)
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _is_stored(n)}
    handed = _parameters(function.__code__) - stored
    return any(not _is_passed(value, name, handed) for value in _values(tree, name))


def _is_passed(value: ast.expr, name: str, handed: set[str]) -> bool:
    match value:
        case ast.Constant(value=None):
            return True
        case ast.Call(func=ast.Attribute(attr=getter), args=[ast.Constant(value=key), *_]):
            return getter in _GETTERS and key == name
    return _is_one_of(value, handed)


def _is_one_of(value: ast.expr, names: set[str]) -> bool:
    return isinstance(value, ast.Name) and value.id in names


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _values(tree: ast.AST, name: str) -> Iterator[ast.expr]:
    """Each expression that becomes the attribute, or the key of this name in a dictionary."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from (value for t in targets for one in ast.walk(t) if _names(one, name))
            case ast.AnnAssign(target=target, value=ast.expr() as value) if _names(target, name):
                yield value
            case ast.AugAssign(target=target, value=value) if _names(target, name):
                yield value
            case ast.Dict(keys=keys, values=values):
                yield from (v for k, v in zip(keys, values, strict=True) if _says(k, name))
            case ast.Call():
                yield from _arguments(node, name)


def _arguments(call: ast.Call, name: str) -> Iterator[ast.expr]:
    called = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if called in _SETTERS:
        pairs = zip(call.args, call.args[1:], strict=False)
        yield from (value for key, value in pairs if _says(key, name))
    if called in _FILLED:
        yield from (keyword.value for keyword in call.keywords if keyword.arg == name)


def _names(target: ast.AST, name: str) -> bool:
    match target:
        case ast.Attribute(attr=attribute, ctx=ast.Store()):
            return attribute == name
        case ast.Subscript(slice=key, ctx=ast.Store()):
            return _says(key, name)
    return False


def _says(key: ast.expr | None, name: str) -> bool:
    return isinstance(key, ast.Constant) and key.value == name


@cache
def _tree(function: FunctionType) -> ast.AST | None:
    """The statement that defines it; None where its source is not there, or not to be read."""
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, ValueError, SyntaxError):
        return None


def _parameters(code: CodeType) -> set[str]:
    extra = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    return set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + extra])


def _words(code: CodeType) -> set[str]:
    """Attributes, variables and texts that the code names, nested functions included."""
    found = {*code.co_names, *code.co_varnames}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= _words(constant)
        found |= {one for one in _flat(constant) if isinstance(one, str)}
    return found


def _flat(constant: object) -> tuple[object, ...]:
    return constant if isinstance(constant, tuple) else (constant,)
