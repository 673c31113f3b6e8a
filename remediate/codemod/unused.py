"""The names that a module's text uses, imports aside."""

import re

import libcst as cst

from remediate.codemod import source as texts
from remediate.codemod.imports import is_kept, key_of, lines_of, names_of, whole
from remediate.codemod.source import Edit, Text, applied

_WORD = re.compile(r"[^\W\d]\w*")
# Their text names what is in the database, or is SQL.
_NAMING = ("Column", "ForeignKey", "Index", "Table", "UniqueConstraint", "mapped_column", "text")


def used(module: cst.Module) -> set[str]:
    """Names in code, and every word in strings other than docstrings and in type comments."""
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


def pruned(source: str, original: str) -> str:
    """The source without the imports whose last use is gone since the original."""
    gone = used(texts.tree(original)) - used(texts.tree(source))
    while gone:
        text = texts.read(source)
        edits = next(
            (found for line in lines_of(text) if (found := _without(text, line, gone))), None
        )
        if edits is None:
            break
        source = applied(source, edits)
    return source


def _without(text: Text, line: cst.SimpleStatementLine, gone: set[str]) -> list[Edit]:
    """The edits that take one name out of a statement; none where it has none of them."""
    node = line.body[0]
    assert isinstance(node, cst.Import | cst.ImportFrom)  # noqa: S101
    if isinstance(node.names, cst.ImportStar) or is_kept(text, line):
        return []
    for index, alias in enumerate(node.names):
        if not _is_gone(alias, gone) or key_of(node)[1] == "__future__":
            continue
        if len(node.names) == 1:
            return [_line_gone(text, line)]
        found = names_of(text, node)
        found.remove(index)
        return list(found.edits())
    return []


def _is_gone(alias: cst.ImportAlias, gone: set[str]) -> bool:
    """Whether what an import binds is gone; `X as X` is a re-export, and `a.b` binds `a`."""
    return (alias.evaluated_alias or alias.evaluated_name) in gone and (
        alias.evaluated_alias != alias.evaluated_name
    )


def _line_gone(text: Text, line: cst.SimpleStatementLine) -> Edit:
    """The statement with its line; of two blank lines around it one stays."""
    start, end = whole(text, line)
    before, behind = text.source[:start], text.source[end:]
    alone = not before or before.endswith(("\n\n", "\r\n\r\n"))
    blank = re.match(r"\r?\n", behind)
    return Edit(start, end + len(blank[0]) if alone and blank else end, "")


def wrapped(source: str, original: str) -> str:
    """The source with imports that grew longer than any line of the original in parentheses."""
    before = original.splitlines()
    limit = max(88, *map(len, before))
    text = texts.read(source)
    edits: list[Edit] = []
    for line in lines_of(text):
        start, end = text.span(line)
        long = end - start > limit and text.code(line) not in before
        if long and not is_kept(text, line):
            edits += _in_parentheses(text, line.body[0])
    return applied(source, edits)


def _in_parentheses(text: Text, node: cst.CSTNode) -> list[Edit]:
    """The names of an import, one a line."""
    if not isinstance(node, cst.ImportFrom) or isinstance(node.names, cst.ImportStar) or node.lpar:
        return []
    newline = text.module.default_newline
    indent = text.module.default_indent
    names = "".join(f"{indent}{text.code(alias)},{newline}" for alias in node.names)
    start, end = text.span(node.names[0])[0], text.span(node.names[-1])[1]
    return [Edit(start, end, f"({newline}{names})")]
