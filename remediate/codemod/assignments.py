"""What the text of a module gives to names at its top level, without running it."""

import ast
from collections.abc import Iterator, Mapping

UNKNOWN = object()  # the text does not tell it: a call, for example


def assigned(tree: ast.Module) -> dict[str, object]:
    """The values by name, the last one of each; UNKNOWN where the text does not tell it.

    Names may be given their values together (`revision, down_revision = "a", None`), in a chain, by
    an annotation, and by way of other names and texts put together.
    """
    values: dict[str, object] = {}
    for target, value in bindings(tree):
        values.update(_given(target, value, values))
    return values


def bindings(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each target of an assignment at the top level, with what is assigned to it.

    Of tuples on both sides each part is one of its own.
    """
    for node in _statements(tree.body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _parts(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield node.target, node.value
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            before = ast.Name(node.target.id, ast.Load())
            yield node.target, ast.BinOp(before, node.op, node.value)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of the module, also below if, with, and try where nothing is raised."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, name, []))


def _parts(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    several = ast.Tuple | ast.List
    if not isinstance(target, several) or not isinstance(value, several):
        yield target, value
        return
    starred = any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts))
    if starred or len(target.elts) != len(value.elts):
        yield target, value
        return
    for one, its in zip(target.elts, value.elts, strict=True):
        yield from _parts(one, its)


def _given(
    target: ast.expr, value: ast.expr, known: Mapping[str, object]
) -> Iterator[tuple[str, object]]:
    if isinstance(target, ast.Name):
        yield target.id, evaluated(value, known)
        return
    for node in ast.walk(target):  # of a starred one, or of a call that returns several
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, UNKNOWN


def evaluated(node: ast.expr, known: Mapping[str, object]) -> object:
    """The value of an expression of literals and of these names; else UNKNOWN."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return known.get(name, UNKNOWN)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            values = tuple(evaluated(part, known) for part in parts)
            return UNKNOWN if UNKNOWN in values else values
        case ast.JoinedStr(values=parts):
            return _text([evaluated(_of_field(part), known) for part in parts])
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _text([evaluated(left, known), evaluated(right, known)])
    return UNKNOWN


def _of_field(part: ast.expr) -> ast.expr:
    """What a field of an f-string prints, where it prints it as it is."""
    plain = isinstance(part, ast.FormattedValue) and part.format_spec is None
    return part.value if plain and isinstance(part, ast.FormattedValue) else part


def _text(parts: list[object]) -> object:
    if not all(isinstance(part, str) for part in parts):
        return UNKNOWN
    return "".join(map(str, parts))
