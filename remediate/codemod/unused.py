"""Remove imports that a change left unused, and wrap those that it made too long."""

import re

import libcst as cst

from remediate.codemod.imports import is_kept, key_of, line_span, lines_of, names_of
from remediate.codemod.source import Edit, ParsedSource, apply_edits, parse, parse_tree

_WORD = re.compile(r"[^\W\d]\w*")
# Strings in their arguments are names in the database, or SQL.
_NAMING = ("Column", "ForeignKey", "Index", "Table", "UniqueConstraint", "mapped_column", "text")


def used_names(module: cst.Module) -> set[str]:
    """The names in code, and the words in type comments and in strings but docstrings."""
    reader = _Reader()
    module.visit(reader)
    return reader.found


class _Reader(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def visit_Import(self, node: cst.Import) -> bool:  # noqa: ARG002, N802
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:  # noqa: ARG002, N802
        return False

    def visit_Expr(self, node: cst.Expr) -> bool:  # noqa: N802
        return not isinstance(node.value, cst.SimpleString | cst.ConcatenatedString)

    def visit_Attribute(self, node: cst.Attribute) -> bool:  # noqa: N802
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:  # noqa: N802
        node.value.visit(self)
        node.comma.visit(self) if isinstance(node.comma, cst.Comma) else None
        return False

    def visit_Call(self, node: cst.Call) -> bool:  # noqa: N802
        name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        if not isinstance(name, cst.Name) or name.value not in _NAMING:
            return True
        node.func.visit(self)
        for arg in node.args:
            if not isinstance(arg.value, cst.SimpleString):
                arg.visit(self)
        return False

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802
        self.found.add(node.value)

    def visit_SimpleString(self, node: cst.SimpleString) -> None:  # noqa: N802
        self.found.update(_WORD.findall(node.value))

    def visit_Comment(self, node: cst.Comment) -> None:  # noqa: N802
        if re.match(r"#\s*type:", node.value):
            self.found.update(_WORD.findall(node.value))


def prune_imports(source: str, original: str) -> str:
    """The source without the imports that only the original uses."""
    removed = used_names(parse_tree(original)) - used_names(parse_tree(source))
    while removed:
        text = parse(source)
        edits = next(
            (found for line in lines_of(text) if (found := _without(text, line, removed))), None
        )
        if edits is None:
            break
        source = apply_edits(source, edits)
    return source


def _without(text: ParsedSource, line: cst.SimpleStatementLine, removed: set[str]) -> list[Edit]:
    """The edits that remove one of the names from a statement; none if it has none of them."""
    node = line.body[0]
    if not isinstance(node, cst.Import | cst.ImportFrom) or is_kept(text, line):
        return []
    if isinstance(node.names, cst.ImportStar):
        return []
    for index, alias in enumerate(node.names):
        if not _is_gone(alias, removed) or key_of(node)[1] == "__future__":
            continue
        if len(node.names) == 1:
            return [_line_gone(text, line)]
        found = names_of(text, node, node.names)
        found.remove(index)
        return list(found.edits())
    return []


def _is_gone(alias: cst.ImportAlias, removed: set[str]) -> bool:
    """Whether an import binds a removed name; `X as X` is a re-export, and `a.b` binds `a`."""
    return (alias.evaluated_alias or alias.evaluated_name) in removed and (
        alias.evaluated_alias != alias.evaluated_name
    )


def _line_gone(text: ParsedSource, line: cst.SimpleStatementLine) -> Edit:
    """The edit that removes the line of a statement, and a blank line if there are two."""
    start, end = line_span(text, line)
    before, behind = text.source[:start], text.source[end:]
    alone = not before or before.endswith(("\n\n", "\r\n\r\n"))
    blank = re.match(r"\r?\n", behind)
    return Edit(start, end + len(blank[0]) if alone and blank else end, "")


def wrap_imports(source: str, original: str) -> str:
    """The source with parentheses around imports longer than any line of the original."""
    before = original.splitlines()
    limit = max(88, *map(len, before))
    text = parse(source)
    edits: list[Edit] = []
    for line in lines_of(text):
        start, end = text.span(line)
        long = end - start > limit and text.code(line) not in before
        if long and not is_kept(text, line):
            edits += _in_parentheses(text, line.body[0])
    return apply_edits(source, edits)


def _in_parentheses(text: ParsedSource, node: cst.CSTNode) -> list[Edit]:
    """The edits that put each name of an import on a line of its own."""
    if not isinstance(node, cst.ImportFrom) or isinstance(node.names, cst.ImportStar) or node.lpar:
        return []
    newline = text.module.default_newline
    indent = text.module.default_indent
    names = "".join(f"{indent}{text.code(alias)},{newline}" for alias in node.names)
    start, end = text.span(node.names[0])[0], text.span(node.names[-1])[1]
    return [Edit(start, end, f"({newline}{names})")]
