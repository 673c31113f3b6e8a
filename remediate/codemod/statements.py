"""The statements of a block, also those under `if`, `try`, `with` and loops."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import libcst as cst


@dataclass(frozen=True, slots=True)
class Under:
    """Under what a statement stands."""

    checking: bool = False  # if TYPE_CHECKING
    loop: bool = False
    nested: bool = False  # anything of the kind


@dataclass(frozen=True, slots=True)
class Statement:
    """A simple statement, a class or a function, with the line that it may share."""

    node: cst.CSTNode
    line: cst.CSTNode
    under: Under


def statements(
    block: cst.BaseSuite | cst.Module, under: Under | None = None
) -> Iterator[Statement]:
    """The statements of a block in their order; those of classes and functions are theirs."""
    under = under or Under()
    for line in block.body:
        if isinstance(line, cst.SimpleStatementLine):
            yield from (Statement(small, line, under) for small in line.body)
        elif isinstance(line, cst.ClassDef | cst.FunctionDef | cst.BaseSmallStatement):
            yield Statement(line, line, under)
        else:
            yield from _inner(line, replace(under, nested=True))


def _inner(line: cst.CSTNode, under: Under) -> Iterator[Statement]:
    """What stands in the blocks of a compound statement."""
    if isinstance(line, cst.If):
        checking = under.checking or _is_checking(line.test)
        yield from statements(line.body, replace(under, checking=checking))
        if line.orelse:
            yield from _inner(line.orelse, under)
        return
    loop = under.loop or isinstance(line, cst.For | cst.While)
    for child in line.children:
        if isinstance(child, cst.BaseSuite):
            yield from statements(child, replace(under, loop=loop))
        elif isinstance(child, cst.ExceptHandler | cst.Else | cst.Finally | cst.MatchCase):
            yield from _inner(child, replace(under, loop=loop))


def _is_checking(test: cst.BaseExpression) -> bool:
    name = test.attr if isinstance(test, cst.Attribute) else test
    return isinstance(name, cst.Name) and name.value == "TYPE_CHECKING"


def bound(statements: Sequence[Statement]) -> Iterator[str]:
    """The names that statements give to something, imports aside."""
    for statement in statements:
        node = statement.node
        if isinstance(node, cst.ClassDef | cst.FunctionDef):
            yield node.name.value
        elif isinstance(node, cst.Assign):
            yield from (name for target in node.targets for name in _names(target.target))
        elif isinstance(node, cst.AnnAssign | cst.AugAssign):
            yield from _names(node.target)
        elif isinstance(node, cst.TypeAlias):
            yield node.name.value


def _names(target: cst.BaseExpression) -> Iterator[str]:
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _names(element.value)
