"""Give a revision another parent, or take steps out of it; all other bytes stay the same."""

import ast
import re
from collections.abc import Collection, Iterator

import libcst as cst

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
        raise Unsafe("its down_revision would not be what it is to be", text.line(value))
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
        targets: list[cst.CSTNode] = []
        if isinstance(part, cst.Assign):
            targets = [target.target for target in part.targets]
        elif isinstance(part, cst.AnnAssign):
            targets = [part.target]
        else:
            continue
        if part.value and any(isinstance(t, cst.Name) and t.value == _NAME for t in targets):
            yield part.value


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
    for node in ast.parse(source.removeprefix(BOM)).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        named = any(isinstance(target, ast.Name) and target.id == _NAME for target in targets)
        if named and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            value = ast.literal_eval(node.value)
            return frozenset({value or ""} if isinstance(value, str | None) else value)
    return frozenset()


def without(source: str, steps: Collection[tuple[int, int]]) -> str:
    """The revision's source without the statements on these lines, first and last.

    A block that loses all of its statements gets `pass`. Raises Unsafe where such lines are not
    one statement.
    """
    mark, text = _plain(source)
    finder = _Statements(text, set(steps))
    text.module.visit(finder)
    if missing := set(steps) - finder.found:
        first = min(missing)[0]
        raise Unsafe(f"line {first} is not a statement of its own", first)
    return mark + apply_edits(text.source, finder.edits)


class _Statements(cst.CSTVisitor):
    """Finds statements by their lines, block by block."""

    def __init__(self, text: ParsedSource, steps: set[tuple[int, int]]) -> None:
        super().__init__()
        self.text, self.steps = text, steps
        self.found: set[tuple[int, int]] = set()
        self.edits: list[Edit] = []

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> None:  # noqa: N802
        lines = [one for one in node.body if isinstance(one, cst.SimpleStatementLine)]
        going = [one for one in lines if len(one.body) == 1 and self._lines(one) in self.steps]
        emptied = len(going) == len(node.body)
        for number, one in enumerate(going):
            self.found.add(self._lines(one))
            self.edits.append(self._edit(one, keep=emptied and number == 0))

    def _lines(self, node: cst.CSTNode) -> tuple[int, int]:
        start, end = self.text.span(node)
        first = self.text.line(node)
        return first, first + self.text.source.count("\n", start, end)

    def _edit(self, node: cst.SimpleStatementLine, *, keep: bool) -> Edit:
        start, end = self.text.span(node)
        if keep:
            return Edit(start, end, "pass")
        source = self.text.source
        line_end = source.find("\n", end)
        return Edit(source.rfind("\n", 0, start) + 1, line_end + 1 if line_end >= 0 else end, "")
