"""The statements of a block, also those under `if`, `try`, `with` and loops."""

import builtins
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import libcst as cst
from libcst.helpers import get_full_name_for_node


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


_OWN = re.compile(
    r"(?:sqlalchemy|sqlmodel)"
    r"(?:\.types|\.schema|\.main|\.sql(?:\.\w+)?|\.orm(?:\.\w+)*|\.ext\.declarative(?:\.\w+)*"
    r"|\.dialects\.postgresql(?:\.\w+)?)?\.(\w+)"
)
_CLEAR_STARS = {"sqlalchemy", "sqlalchemy.orm", "sqlalchemy.types", "sqlalchemy.schema"}
_CLEAR_STARS |= {"sqlalchemy.dialects.postgresql", "sqlmodel"}
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a module."""

    imported: Mapping[str, frozenset[str]]  # dotted origins, those under TYPE_CHECKING too
    at_runtime: frozenset[str]  # imported where the program runs
    local: frozenset[str]  # assigned, or defined
    neighbours: frozenset[str]  # dotted origins of `from module import name`
    stars: tuple[str, ...]  # modules of which everything was imported
    spaces: frozenset[str]  # such as `db` of Flask-SQLAlchemy, which holds SQLAlchemy's names
    functions: Mapping[str, cst.FunctionDef] = field(repr=False)
    new_types: frozenset[str]  # X = NewType("X", ...)

    def origin(self, node: cst.CSTNode) -> str:
        """The dotted name by which an expression is known elsewhere; "" where that is unclear."""
        if isinstance(node, cst.Attribute):
            owner = self.origin(node.value)
            return f"{owner}.{node.attr.value}" if owner else ""
        return self._of(node.value) if isinstance(node, cst.Name) else ""

    def _of(self, name: str) -> str:
        if name in self.spaces:
            return "sqlalchemy"
        origins = self.imported.get(name, frozenset())
        if name in self.local or len(origins) > 1:
            return ""
        if origins:
            return next(iter(origins))
        if name in _BUILTINS:
            return f"builtins.{name}"
        clear = self.stars and _CLEAR_STARS.issuperset(self.stars)
        return f"sqlalchemy.{name}" if clear else ""

    def own(self, node: cst.CSTNode) -> str:
        """The name that SQLAlchemy or SQLModel has for an expression; "" where it is not theirs."""
        match = _OWN.fullmatch(self.origin(node))
        return match[1] if match else ""

    def own_call(self, node: cst.CSTNode | None) -> str:
        """The name of what is called, where that is SQLAlchemy's or SQLModel's."""
        return self.own(node.func) if isinstance(node, cst.Call) else ""

    def is_free(self, name: str, origin: str) -> bool:
        """Whether a name can be imported from there without taking it from something else."""
        return name not in self.local | self.spaces and self.imported.get(name, {origin}) <= {
            origin
        }


def read(module: cst.Module) -> Names:
    """The names that a module imports and defines at its top level, in any branch."""
    found = list(statements(module))
    origins: dict[str, set[str]] = {}
    runtime: set[str] = set()
    neighbours: set[str] = set()
    stars: list[str] = []
    for statement in found:
        for name, origin in imports(statement.node):
            if name == "*":
                stars.append(origin)
                continue
            origins.setdefault(name, set()).add(origin)
            if not statement.under.checking:
                runtime.add(name)
                neighbours |= {origin} if isinstance(statement.node, cst.ImportFrom) else set()
    imported = {name: frozenset(those) for name, those in origins.items()}
    spaces = frozenset(_spaces(found, imported))
    return Names(
        imported=imported,
        at_runtime=frozenset(runtime),
        neighbours=frozenset(neighbours),
        local=frozenset(bound(found)) - spaces,
        stars=tuple(stars),
        spaces=spaces,
        functions={s.node.name.value: s.node for s in found if isinstance(s.node, cst.FunctionDef)},
        new_types=frozenset(_new_types(found)),
    )


def imports(node: cst.CSTNode) -> Iterator[tuple[str, str]]:
    """The names that an import statement binds, and where each comes from."""
    if isinstance(node, cst.Import):
        for alias in node.names:
            full = get_full_name_for_node(alias.name) or ""
            bound = alias.evaluated_alias
            yield bound or full.split(".")[0], full if bound else full.split(".")[0]
    elif isinstance(node, cst.ImportFrom):
        dots = "." * len(node.relative)
        module = dots + (get_full_name_for_node(node.module) or "" if node.module else "")
        if isinstance(node.names, cst.ImportStar):
            yield "*", module
            return
        for alias in node.names:
            yield alias.evaluated_alias or alias.evaluated_name, f"{module}.{alias.evaluated_name}"


def _spaces(found: list[Statement], imported: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """Names of objects that hold what SQLAlchemy exports, as Flask-SQLAlchemy's do."""
    foreign = {
        name for name, origins in imported.items()
        if not any(o.split(".")[0] in ("sqlalchemy", "sqlmodel") for o in origins)
    }  # fmt: skip
    yield from (name for name in foreign if any(o.split(".")[-1] == "db" for o in imported[name]))
    for statement in found:
        node = statement.node
        if isinstance(node, cst.ClassDef):
            bases = (get_full_name_for_node(base.value) or "" for base in node.bases)
            yield from (b[:-6] for b in bases if b.endswith(".Model") and b[:-6] in foreign)
        elif _called(node).split(".")[-1] == "SQLAlchemy":
            yield from bound([statement])


def _called(node: cst.CSTNode) -> str:
    """What the value of an assignment is a call of."""
    value = node.value if isinstance(node, cst.Assign | cst.AnnAssign) else None
    return get_full_name_for_node(value.func) or "" if isinstance(value, cst.Call) else ""


def _new_types(found: list[Statement]) -> Iterator[str]:
    for statement in found:
        if _called(statement.node).split(".")[-1] == "NewType":
            yield from bound([statement])
