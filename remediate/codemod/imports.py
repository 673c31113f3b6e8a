"""Import statements: which there are, and the parts of each."""

import re
import sys
from collections.abc import Iterable, Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node

from remediate.codemod import names
from remediate.codemod import source as texts
from remediate.codemod.source import Edit, Listing, Text, applied, listing
from remediate.codemod.spelling import Need

_KEPT = re.compile(r"#\s*(?:noqa|isort:\s*skip)", re.IGNORECASE)


def lines_of(text: Text) -> Iterator[cst.SimpleStatementLine]:
    """The statements of the module's top level that are imports and nothing else."""
    lines = (line for line in text.module.body if isinstance(line, cst.SimpleStatementLine))
    for line in lines:
        if len(line.body) == 1 and isinstance(line.body[0], cst.Import | cst.ImportFrom):
            yield line


def is_kept(text: Text, line: cst.SimpleStatementLine) -> bool:
    """Whether a comment asks to leave a statement as it is."""
    start, end = whole(text, line)
    return _KEPT.search(text.source, start, end) is not None


def whole(text: Text, line: cst.CSTNode) -> tuple[int, int]:
    """A statement with its line end and the comment before that."""
    start, end = text.span(line)
    newline = text.source.find("\n", end)
    return start, newline + 1 if newline >= 0 else len(text.source)


def names_of(text: Text, node: cst.ImportFrom | cst.Import) -> Listing:
    """The list of the names that a statement imports."""
    assert not isinstance(node.names, cst.ImportStar)  # noqa: S101
    start, end = text.span(node.names[0])[0], text.span(node.names[-1])[1]
    if isinstance(node, cst.ImportFrom) and node.lpar:
        start = text.span(node.lpar)[0] + 1
        end = text.span(node)[1] - 1
    return listing(text, node.names, start, end)


def module_of(node: cst.ImportFrom) -> str:
    """The module from which a statement imports."""
    return "." * len(node.relative) + (get_full_name_for_node(node.module or "") or "")


def key_of(node: cst.CSTNode) -> tuple[bool, str]:
    """How imports of a group are sorted: `import x` before `from x import`."""
    if isinstance(node, cst.ImportFrom):
        return True, module_of(node)
    assert isinstance(node, cst.Import)  # noqa: S101
    return False, get_full_name_for_node(node.names[0].name) or ""


_OURS = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy")


def added(source: str, needs: Iterable[Need]) -> str:
    """The source with these imports: in a statement that has its like, else in one of their own."""
    for need in dict.fromkeys(needs):
        text = texts.read(source)
        if not _has(text, need):
            source = applied(source, _extended(text, need) or [_new(text, need)])
    return source


def _leading(text: Text) -> list[cst.SimpleStatementLine]:
    """The imports that have run when the first class, function or Table is made."""
    lines = list(lines_of(text))
    for line in text.module.body:
        if isinstance(line, cst.ClassDef | cst.FunctionDef) or "Table(" in text.code(line):
            start = text.span(line)[0]
            return [found for found in lines if text.span(found)[0] < start]
    return lines


def _has(text: Text, need: Need) -> bool:
    origin = f"{need.module}.{need.name}" if need.name else need.module
    return any(found == (need.name or need.module, origin)
               for line in _leading(text) for found in names.imports(line.body[0]))  # fmt: skip


def _extended(text: Text, need: Need) -> list[Edit]:
    """The name within a statement that imports others of the module."""
    for line in _leading(text):
        node = line.body[0]
        if not isinstance(node, cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
            continue
        if need.name and module_of(node) == need.module and not is_kept(text, line):
            found = names_of(text, node)
            found.insert(_place([a.evaluated_name for a in node.names], need.name), need.name)
            return list(found.edits())
    return []


def _place(there: list[str], name: str) -> int:
    """Where a name belongs in the order that a statement keeps; last where it keeps none."""
    for key in (_by_kind, str.casefold, str):
        order = [key(other) for other in there]
        if order == sorted(order):
            return sum(other < key(name) for other in order)  # type: ignore[operator]
    return len(there)


def _by_kind(name: str) -> tuple[int, str]:
    """Constants, classes, functions: the order of isort and ruff."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name


def _new(text: Text, need: Need) -> Edit:
    """A statement of its own, in the group where it belongs."""
    newline = text.module.default_newline
    said = f"from {need.module} import {need.name}" if need.name else f"import {need.module}"
    key = (bool(need.name), need.module)
    lines = [line for line in _leading(text) if key_of(line.body[0])[1] != "__future__"]
    standard = need.module in sys.stdlib_module_names
    group = [line for line in lines if _is_in_group(key_of(line.body[0])[1], standard=standard)]
    for line in group:
        if key_of(line.body[0]) > key:
            return _at(text.span(line)[0], said + newline)
    if group:
        return _behind(text, group[-1], said, newline)
    others = [line for line in lines if not _is_in_group(key_of(line.body[0])[1], standard=True)]
    if others:
        return _at(text.span(others[0])[0], said + newline * 2)
    return _first(text, lines, said, newline)


def _is_in_group(module: str, *, standard: bool) -> bool:
    root = module.partition(".")[0]
    return root in sys.stdlib_module_names if standard else root in _OURS


def _first(text: Text, lines: list[cst.SimpleStatementLine], said: str, newline: str) -> Edit:
    """Behind the imports there are, the docstring and `from __future__`, else on top."""
    before: cst.CSTNode | None = lines[-1] if lines else None
    for line in text.module.body if before is None else ():
        docstring = text.module.get_docstring() is not None and line is text.module.body[0]
        future = isinstance(line, cst.SimpleStatementLine) and line in _leading(text)
        before = line if docstring or future else before
    if before:
        return _behind(text, before, newline + said, newline)
    top = text.module.body[0]
    blank = 2 if isinstance(top, cst.ClassDef | cst.FunctionDef) else 1
    return _at(text.span(top)[0], said + newline * (blank + 1))


def _behind(text: Text, line: cst.CSTNode, said: str, newline: str) -> Edit:
    end = whole(text, line)[1]
    ended = text.source[:end].endswith("\n")
    return _at(end, said + newline if ended else newline + said)


def _at(place: int, said: str) -> Edit:
    return Edit(place, place, said)
