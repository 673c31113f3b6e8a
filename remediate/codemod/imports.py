"""Read the import statements of a module, and add to them."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence

import libcst as cst
from libcst.helpers import get_full_name_for_node

from remediate.codemod import names
from remediate.codemod.source import Edit, Listing, ParsedSource, apply_edits, listing, parse
from remediate.codemod.spelling import Import

_KEPT = re.compile(r"#\s*(?:noqa|isort:\s*skip)", re.IGNORECASE)


def lines_of(text: ParsedSource) -> Iterator[cst.SimpleStatementLine]:
    """The lines of the module's top level that are one import statement each."""
    lines = (line for line in text.module.body if isinstance(line, cst.SimpleStatementLine))
    for line in lines:
        if len(line.body) == 1 and isinstance(line.body[0], cst.Import | cst.ImportFrom):
            yield line


def is_kept(text: ParsedSource, line: cst.SimpleStatementLine) -> bool:
    """Whether a comment, `noqa` or `isort: skip`, protects the statement."""
    start, end = line_span(text, line)
    return _KEPT.search(text.source, start, end) is not None


def line_span(text: ParsedSource, line: cst.CSTNode) -> tuple[int, int]:
    """From the start of a statement to the start of the next line."""
    start, end = text.span(line)
    newline = text.source.find("\n", end)
    return start, newline + 1 if newline >= 0 else len(text.source)


def names_of(
    text: ParsedSource, node: cst.ImportFrom | cst.Import, aliases: Sequence[cst.ImportAlias]
) -> Listing:
    """The names that a statement imports, as a listing to edit."""
    start, end = text.span(aliases[0])[0], text.span(aliases[-1])[1]
    if isinstance(node, cst.ImportFrom) and node.lpar:
        start = text.span(node.lpar)[0] + 1
        end = text.span(node)[1] - 1
    return listing(text, aliases, start, end)


def module_of(node: cst.ImportFrom) -> str:
    """The module from which a statement imports, with leading dots if relative."""
    return "." * len(node.relative) + (get_full_name_for_node(node.module or "") or "")


def key_of(node: cst.CSTNode) -> tuple[bool, str]:
    """The sort key of imports in a group: `import x` before `from x import`."""
    if isinstance(node, cst.ImportFrom):
        return True, module_of(node)
    first = node.names[0].name if isinstance(node, cst.Import) else ""
    return False, get_full_name_for_node(first) or ""


_OURS = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy")


def add_imports(source: str, needed: Iterable[Import]) -> str:
    """The source with these imports, in a statement for the same module if there is one."""
    for wanted in dict.fromkeys(needed):
        text = parse(source)
        if not _has(text, wanted):
            source = apply_edits(source, _extended(text, wanted) or [_new(text, wanted)])
    return source


def _leading(text: ParsedSource) -> list[cst.SimpleStatementLine]:
    """The imports before the first class, function or Table."""
    lines = list(lines_of(text))
    for line in text.module.body:
        if isinstance(line, cst.ClassDef | cst.FunctionDef) or "Table(" in text.code(line):
            start = text.span(line)[0]
            return [found for found in lines if text.span(found)[0] < start]
    return lines


def _has(text: ParsedSource, wanted: Import) -> bool:
    origin = f"{wanted.module}.{wanted.name}" if wanted.name else wanted.module
    return any(found == (wanted.name or wanted.module, origin)
               for line in _leading(text) for found in names.imports(line.body[0]))  # fmt: skip


def _extended(text: ParsedSource, wanted: Import) -> list[Edit]:
    """The edits that add the name to a statement which imports from the module."""
    for line in _leading(text):
        node = line.body[0]
        if not isinstance(node, cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
            continue
        if wanted.name and module_of(node) == wanted.module and not is_kept(text, line):
            found = names_of(text, node, node.names)
            found.insert(_place([a.evaluated_name for a in node.names], wanted.name), wanted.name)
            return list(found.edits())
    return []


def _place(there: list[str], name: str) -> int:
    """The position of a name in the order of a statement; the last if that has no order."""
    for key in (_by_kind, str.casefold, str):
        order = [key(other) for other in there]
        if order == sorted(order):
            return sum(other < key(name) for other in order)  # type: ignore[operator]
    return len(there)


def _by_kind(name: str) -> tuple[int, str]:
    """Constants, classes, functions: the sort order of isort and ruff."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name


def _new(text: ParsedSource, wanted: Import) -> Edit:
    """The edit that adds a statement, in the group where it belongs."""
    newline = text.module.default_newline
    statement = (
        f"from {wanted.module} import {wanted.name}" if wanted.name else f"import {wanted.module}"
    )
    key = (bool(wanted.name), wanted.module)
    lines = [line for line in _leading(text) if key_of(line.body[0])[1] != "__future__"]
    standard = wanted.module in sys.stdlib_module_names
    group = [line for line in lines if _is_in_group(key_of(line.body[0])[1], standard=standard)]
    for line in group:
        if key_of(line.body[0]) > key:
            return _at(text.span(line)[0], statement + newline)
    if group:
        return _behind(text, group[-1], statement, newline)
    others = [line for line in lines if not _is_in_group(key_of(line.body[0])[1], standard=True)]
    if others:
        return _at(text.span(others[0])[0], statement + newline * 2)
    return _first(text, lines, statement, newline)


def _is_in_group(module: str, *, standard: bool) -> bool:
    root = module.partition(".")[0]
    return root in sys.stdlib_module_names if standard else root in _OURS


def _first(
    text: ParsedSource, lines: list[cst.SimpleStatementLine], statement: str, newline: str
) -> Edit:
    """After the last import, else after the docstring and `from __future__`, else at the top."""
    before: cst.CSTNode | None = lines[-1] if lines else None
    for line in text.module.body if before is None else ():
        docstring = text.module.get_docstring() is not None and line is text.module.body[0]
        future = isinstance(line, cst.SimpleStatementLine) and line in _leading(text)
        before = line if docstring or future else before
    if before:
        return _behind(text, before, newline + statement, newline)
    top = text.module.body[0]
    blank = 2 if isinstance(top, cst.ClassDef | cst.FunctionDef) else 1
    return _at(text.span(top)[0], statement + newline * (blank + 1))


def _behind(text: ParsedSource, line: cst.CSTNode, statement: str, newline: str) -> Edit:
    end = line_span(text, line)[1]
    ended = text.source[:end].endswith("\n")
    return _at(end, statement + newline if ended else newline + statement)


def _at(place: int, statement: str) -> Edit:
    return Edit(place, place, statement)
