"""The names that a module's text uses, imports aside."""

import re

import libcst as cst

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
