"""Give a revision another parent, or take steps out of it; all other bytes stay the same."""

import ast
import re
from collections.abc import Collection, Iterator

import libcst as cst

from remediate.codemod.assignments import UNKNOWN, assigned
from remediate.codemod.source import BOM, Edit, ParsedSource, apply_edits, parse
from remediate.codemod.values import Unsafe

_NAME = "down_revision"
_REVISES = re.compile(r"^([ \t]*Revises:[ \t]*)(.*?)([ \t\r]*)$", re.MULTILINE)


def with_parent(source: str, old: str | None, new: str) -> str:
    """The revision's source with `new` as its parent instead of `old`; None: it had none.

    Where it merges several, only `old` is another one. The line "Revises:" of its docstring
    follows, where it names `old`. Raises Unsafe where the parent is not written out.
    """
    mark, text = _plain(source)
    value = _assigned(text)
    edits = [_edit(text, value, old, new), *_of_docstring(text, old or "", new)]
    changed = mark + apply_edits(text.source, edits)
    if _parents(changed) != _parents(source) - {old or ""} | {new}:
        raise Unsafe("the change would not set its down_revision as intended", text.line(value))
    return changed


def _plain(source: str) -> tuple[str, ParsedSource]:
    mark = BOM if source.startswith(BOM) else ""
    return mark, parse(source.removeprefix(BOM))


def _assigned(text: ParsedSource) -> cst.BaseExpression:
    """The value of the module's one assignment to down_revision."""
    found = [value for node in text.module.body for value in _values(node)]
    every = [n for n in ast.walk(ast.parse(text.source)) if _binds(n)]
    if len(found) != 1 or len(every) != 1:
        raise Unsafe("its down_revision is not assigned once, at the top level")
    return found[0]


def _values(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    for part in node.body if isinstance(node, cst.SimpleStatementLine) else ():
        if isinstance(part, cst.Assign):
            for target in part.targets:
                yield from _given(target.target, part.value)
        elif isinstance(part, cst.AnnAssign) and part.value:
            yield from _given(part.target, part.value)


def _given(target: cst.BaseExpression, value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What an assignment gives to the name, alone or among others."""
    if isinstance(target, cst.Name) and target.value == _NAME:
        yield value
    several = cst.Tuple | cst.List
    if isinstance(target, several) and isinstance(value, several):
        for one, its in zip(target.elements, value.elements, strict=False):
            yield from _given(one.value, its.value)


def _binds(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == _NAME and isinstance(node.ctx, ast.Store)


def _edit(text: ParsedSource, value: cst.BaseExpression, old: str | None, new: str) -> Edit:
    if old is None:
        if not (isinstance(value, cst.Name) and value.value == "None"):
            raise Unsafe("its down_revision is not None", text.line(value))
        return Edit(*text.span(value), f'"{new}"')
    several = isinstance(value, cst.Tuple | cst.List | cst.Set)
    nodes = [item.value for item in value.elements] if several else [value]  # type: ignore[attr-defined]
    for node in nodes:
        if isinstance(node, cst.SimpleString) and node.evaluated_value == old:
            return Edit(*text.span(node), f"{node.quote}{new}{node.quote}")
    raise Unsafe(f"its down_revision does not name {old} as a plain string", text.line(value))


def _of_docstring(text: ParsedSource, old: str, new: str) -> Iterator[Edit]:
    tree = ast.parse(text.source)
    if ast.get_docstring(tree, clean=False) is None:
        return
    first = text.module.body[0]
    start, end = text.span(first)
    for match in _REVISES.finditer(text.source, start, end):
        parents = [part.strip() for part in match[2].split(",")]
        if old in parents:
            parents[parents.index(old)] = new
            yield Edit(*match.span(2), ", ".join(parents))
        return


def _parents(source: str) -> frozenset[str]:
    """What down_revision is, "" for None; by Python's own parser."""
    value = assigned(ast.parse(source.removeprefix(BOM))).get(_NAME, UNKNOWN)
    if isinstance(value, tuple):
        return frozenset(map(str, value))
    return frozenset({str(value or "")}) if isinstance(value, str | None) else frozenset()


def without(source: str, steps: Collection[tuple[int, int]]) -> str:
    """The revision's source with `pass` instead of the statements on these lines, first and last.

    All other lines keep their numbers. Raises Unsafe where such lines are not one statement.
    """
    mark, text = _plain(source)
    finder = _Statements(text)
    text.module.visit(finder)
    if missing := set(steps) - finder.found.keys():
        first = min(missing)[0]
        raise Unsafe(f"line {first} is not a statement of its own", first)
    edits = [
        Edit(*finder.found[first, last], "pass" + "\n" * (last - first)) for first, last in steps
    ]
    return mark + apply_edits(text.source, edits)


class _Statements(cst.CSTVisitor):
    """Where each statement is that shares its lines with no other, by these lines."""

    def __init__(self, text: ParsedSource) -> None:
        super().__init__()
        self.text = text
        self.found: dict[tuple[int, int], tuple[int, int]] = {}

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> None:  # noqa: N802
        if len(node.body) == 1:
            start, end = self.text.span(node.body[0])
            first = self.text.line(node.body[0])
            lines = self.text.source.count("\n", start, end)
            self.found[first, first + lines] = start, end
