"""Read the names that a module imports and defines, and what each refers to."""

import builtins
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import libcst as cst
from libcst.helpers import get_full_name_for_node


@dataclass(frozen=True, slots=True)
class Context:
    """The compound statements around a statement."""

    checking: bool = False  # if TYPE_CHECKING
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A simple statement, a class or a function, with its line, which it may share."""

    node: cst.CSTNode
    line: cst.CSTNode
    context: Context


def statements(
    block: cst.BaseSuite | cst.Module, context: Context | None = None
) -> Iterator[Statement]:
    """The statements of a block in order, without those inside classes and functions."""
    context = context or Context()
    for line in block.body:
        if isinstance(line, cst.SimpleStatementLine):
            yield from (Statement(small, line, context) for small in line.body)
        elif isinstance(line, cst.ClassDef | cst.FunctionDef | cst.BaseSmallStatement):
            yield Statement(line, line, context)
        else:
            yield from _inner(line, context)


def _inner(line: cst.CSTNode, context: Context) -> Iterator[Statement]:
    """The statements in the blocks of a compound statement."""
    if isinstance(line, cst.If):
        checking = context.checking or _is_checking(line.test)
        yield from statements(line.body, replace(context, checking=checking))
        if line.orelse:
            yield from _inner(line.orelse, context)
        return
    loop = context.loop or isinstance(line, cst.For | cst.While)
    for child in line.children:
        if isinstance(child, cst.BaseSuite):
            yield from statements(child, replace(context, loop=loop))
        elif isinstance(child, cst.ExceptHandler | cst.Else | cst.Finally | cst.MatchCase):
            yield from _inner(child, replace(context, loop=loop))


def _is_checking(test: cst.BaseExpression) -> bool:
    name = test.attr if isinstance(test, cst.Attribute) else test
    return isinstance(name, cst.Name) and name.value == "TYPE_CHECKING"


def bound(statements: Sequence[Statement]) -> Iterator[str]:
    """The names that statements bind, without imports."""
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
    """The names of a module, and what they refer to."""

    imported: Mapping[str, frozenset[str]]  # to dotted origins, also those under TYPE_CHECKING
    at_runtime: frozenset[str]  # imported outside of TYPE_CHECKING
    local: frozenset[str]  # assigned, or defined
    from_imports: frozenset[str]  # dotted origins of `from module import name`
    star_imports: tuple[str, ...]  # modules of `from module import *`
    namespaces: frozenset[str]  # such as Flask-SQLAlchemy's `db`, which has SQLAlchemy's names
    functions: Mapping[str, cst.FunctionDef] = field(repr=False)
    new_types: frozenset[str]  # X = NewType("X", ...)

    def origin(self, node: cst.CSTNode) -> str:
        """The dotted name to which an expression refers; "" if that is unclear."""
        if isinstance(node, cst.Attribute):
            owner = self.origin(node.value)
            return f"{owner}.{node.attr.value}" if owner else ""
        return self._of(node.value) if isinstance(node, cst.Name) else ""

    def _of(self, name: str) -> str:
        if name in self.namespaces:
            return "sqlalchemy"
        origins = self.imported.get(name, frozenset())
        if name in self.local or len(origins) > 1:
            return ""
        if origins:
            return next(iter(origins))
        if name in _BUILTINS:
            return f"builtins.{name}"
        clear = self.star_imports and _CLEAR_STARS.issuperset(self.star_imports)
        return f"sqlalchemy.{name}" if clear else ""

    def library_name(self, node: cst.CSTNode) -> str:
        """The name in SQLAlchemy or SQLModel to which an expression refers; "" if to none."""
        match = _OWN.fullmatch(self.origin(node))
        return match[1] if match else ""

    def library_call(self, node: cst.CSTNode | None) -> str:
        """The name of the called function of SQLAlchemy or SQLModel; "" if it is another."""
        return self.library_name(node.func) if isinstance(node, cst.Call) else ""

    def is_free(self, name: str, origin: str) -> bool:
        """Whether the name can be imported from there without hiding another."""
        return name not in self.local | self.namespaces and self.imported.get(name, {origin}) <= {
            origin
        }


def read(module: cst.Module) -> Names:
    """Read the names that a module imports and defines at its top level, in any branch."""
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
            if not statement.context.checking:
                runtime.add(name)
                neighbours |= {origin} if isinstance(statement.node, cst.ImportFrom) else set()
    imported = {name: frozenset(those) for name, those in origins.items()}
    namespaces = frozenset(_namespaces(found, imported))
    return Names(
        imported=imported,
        at_runtime=frozenset(runtime),
        from_imports=frozenset(neighbours),
        local=frozenset(bound(found)) - namespaces,
        star_imports=tuple(stars),
        namespaces=namespaces,
        functions={s.node.name.value: s.node for s in found if isinstance(s.node, cst.FunctionDef)},
        new_types=frozenset(_new_types(found)),
    )


def imports(node: cst.CSTNode) -> Iterator[tuple[str, str]]:
    """The names that an import statement binds, each with its dotted origin."""
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


def _namespaces(found: list[Statement], imported: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """The names of objects with SQLAlchemy's names as attributes, like Flask-SQLAlchemy's `db`."""
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
    """The function whose call an assignment assigns."""
    value = node.value if isinstance(node, cst.Assign | cst.AnnAssign) else None
    return get_full_name_for_node(value.func) or "" if isinstance(value, cst.Call) else ""


def _new_types(found: list[Statement]) -> Iterator[str]:
    for statement in found:
        if _called(statement.node).split(".")[-1] == "NewType":
            yield from bound([statement])
