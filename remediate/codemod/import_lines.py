"""Import statements: which there are, and the parts of each."""

import re
from collections.abc import Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node

from remediate.codemod.listing import Listing, listing
from remediate.codemod.text import Text

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
