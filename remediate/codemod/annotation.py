"""Read the Python type of a column from its annotation."""

from dataclasses import dataclass

import libcst as cst

from remediate.codemod.names import Names
from remediate.codemod.source import ParsedSource, parse
from remediate.codemod.values import Unsafe

_WRAPPERS = ("Mapped", "Column", "InstrumentedAttribute")
_OPAQUE = "?"  # unknown, for example Annotated with a column in it
_PLAIN_MODULES = ("builtins", "uuid", "decimal", "datetime", "enum")
_AGAINST = {  # the annotations that contradict the Python type of a column
    "int": {"uuid.UUID", "str"},
    "decimal.Decimal": {"uuid.UUID", "str"},
    "uuid.UUID": {"int"},
    "str": {"int", "uuid.UUID"},
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """The innermost type of an annotation: `uuid.UUID` in Mapped[Optional[uuid.UUID]]."""

    start: int
    end: int
    python: str  # "int", "uuid.UUID"; "?" if it may contain a column of its own
    code: str
    mapped: bool = False
    optional: bool = False

    @property
    def is_opaque(self) -> bool:
        """Whether it may contain more than a type."""
        return self.python == _OPAQUE

    def must_follow(self, python: str, former: str) -> bool:
        """Whether it has to change if its column changes from one Python type to another."""
        if former in (python, ""):
            return self.python in _AGAINST[python]
        return self.python not in (python, "typing.Any")

    def can_follow(self) -> bool:
        """Whether it is a type that can be replaced by that of the column."""
        return self.python in _AGAINST


def read_annotation(
    node: cst.BaseExpression, text: ParsedSource, names: Names
) -> Annotation | None:
    """The type in an annotation; None if that is `Mapped` or `Column` alone."""
    if isinstance(node, cst.SimpleString):
        return _quoted(node, text, names)
    if isinstance(node, cst.Subscript) and names.library_name(node.value) in _WRAPPERS:
        inner = read_annotation(_index(node), text, names)
        return inner and _within(inner, mapped=True)
    if optional := _optional(node, names):
        inner = read_annotation(optional, text, names)
        return inner and _within(inner, optional=True)
    if names.library_name(node) in _WRAPPERS:
        return None
    start, end = text.span(node)
    return Annotation(start, end, _python(node, names), text.code(node))


def _quoted(node: cst.SimpleString, text: ParsedSource, names: Names) -> Annotation | None:
    """The type in an annotation in quotes."""
    value = node.value
    if node.prefix or "\\" in value or len(node.quote) != 1:
        raise Unsafe(f"its annotation {value} is not written plainly: change it by hand")
    inner = parse(value[1:-1])
    line = inner.module.body[0]
    expression = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
    if not isinstance(expression, cst.Expr):
        raise Unsafe(f"its annotation {value} is not a type")
    found = read_annotation(expression.value, inner, names)
    offset = text.span(node)[0] + 1
    return found and _within(found, offset=offset)


def _within(
    found: Annotation, *, mapped: bool = False, optional: bool = False, offset: int = 0
) -> Annotation:
    return Annotation(
        found.start + offset, found.end + offset, found.python, found.code,
        mapped=found.mapped or mapped, optional=found.optional or optional,
    )  # fmt: skip


def _index(node: cst.Subscript) -> cst.BaseExpression:
    """The type in the brackets; the node itself if there is more than one."""
    inside = node.slice[0].slice
    single = len(node.slice) == 1 and isinstance(inside, cst.Index)
    return inside.value if single and isinstance(inside, cst.Index) else node.value


def _optional(node: cst.BaseExpression, names: Names) -> cst.BaseExpression | None:
    """The type X in `X | None`, `Optional[X]` or `Union[X, None]`."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        return _other(node.left, node.right)
    if not isinstance(node, cst.Subscript):
        return None
    if names.origin(node.value) == "typing.Optional":
        return _index(node)
    inside = [e.slice.value for e in node.slice if isinstance(e.slice, cst.Index)]
    if names.origin(node.value) == "typing.Union" and len(inside) == 2:
        return _other(*inside)
    return None


def _other(one: cst.BaseExpression, two: cst.BaseExpression) -> cst.BaseExpression | None:
    """The one of two types that is not None."""
    if isinstance(two, cst.Name) and two.value == "None":
        return one
    return two if isinstance(one, cst.Name) and one.value == "None" else None


def _python(node: cst.BaseExpression, names: Names) -> str:
    if isinstance(node, cst.Subscript):
        annotated = names.origin(node.value) in ("typing.Annotated", "typing_extensions.Annotated")
        return _OPAQUE if annotated else "a container"
    if isinstance(node, cst.BinaryOperation):
        return "a union"
    if isinstance(node, cst.Name) and node.value in names.new_types:
        return "a new type"
    origin = names.origin(node)
    if origin.split(".")[0] not in _PLAIN_MODULES and origin != "typing.Any":
        return _OPAQUE
    return origin.removeprefix("builtins.")
