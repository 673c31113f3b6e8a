"""Find the classes of a module, and the statements in their bodies."""

from collections.abc import Iterator

import libcst as cst

from remediate.codemod.names import Context, Names, Statement, bound, statements
from remediate.codemod.values import Unsafe


def named(owner: str, module: cst.Module) -> list[tuple[cst.ClassDef, Context]]:
    """The classes with this qualified name, else those within functions."""
    everything = list(_classes(module, ""))
    found = [(node, context) for name, node, context in everything if name == owner]
    inner = f".<locals>.{owner}"
    return found or [(node, context) for name, node, context in everything if name.endswith(inner)]


def find(owner: str, module: cst.Module) -> cst.ClassDef:
    """The only class with this qualified name; raises Unsafe if it is not the only one."""
    found = named(owner, module)
    if not found:
        raise Unsafe(f"no class {owner} is in this module")
    if len(found) > 1:
        raise Unsafe(f"{len(found)} classes here are named {owner}: change the right one by hand")
    node, context = found[0]
    if context.checking or context.loop:
        under = "TYPE_CHECKING" if context.checking else "a loop"
        raise Unsafe(f"the class {owner} is under {under}: change it by hand")
    return node


def _classes(
    block: cst.BaseSuite | cst.Module, prefix: str
) -> Iterator[tuple[str, cst.ClassDef, Context]]:
    for statement in statements(block):
        node = statement.node
        if isinstance(node, cst.ClassDef):
            yield prefix + node.name.value, node, statement.context
            yield from _classes(node.body, f"{prefix}{node.name.value}.")
        elif isinstance(node, cst.FunctionDef):
            yield from _classes(node.body, f"{prefix}{node.name.value}.<locals>.")


def attribute(owner: cst.ClassDef, name: str) -> Statement:
    """The only statement of a class that binds this name; raises Unsafe if there is no such one."""
    found = [s for s in statements(owner.body) if name in bound([s])]
    if not found:
        where = "change it where it comes from, a base class or an assignment elsewhere"
        raise Unsafe(f"`{name}` is not written in the body of {owner.name.value}: {where}")
    if len(found) > 1:
        where = f"{len(found)} times in the body of {owner.name.value}"
        raise Unsafe(f"`{name}` is written {where}: change the right one by hand")
    statement = found[0]
    if statement.context.loop or statement.context.checking:
        raise Unsafe(f"`{name}` is under {'a loop' if statement.context.loop else 'TYPE_CHECKING'}")
    if isinstance(statement.node, cst.ClassDef | cst.AugAssign | cst.TypeAlias):
        raise Unsafe(f"`{name}` is not a column")
    if not isinstance(statement.node, cst.FunctionDef) and targets(statement.node) != [name]:
        raise Unsafe(f"`{name}` is one of several names that share a value: separate them by hand")
    return statement


def targets(node: cst.CSTNode) -> list[str]:
    """The names that an assignment binds; "" for any other target."""
    if isinstance(node, cst.AnnAssign):
        return [node.target.value if isinstance(node.target, cst.Name) else ""]
    if not isinstance(node, cst.Assign):
        return [""]
    names = [target.target for target in node.targets]
    return [name.value if isinstance(name, cst.Name) else "" for name in names]


def class_names(owner: cst.ClassDef, attribute: str) -> frozenset[str]:
    """The other names that a class body binds, which hide those of the module."""
    return frozenset(bound(list(statements(owner.body)))) - {attribute}


def is_sqlmodel(owner: cst.ClassDef, module: cst.Module, names: Names) -> bool:
    """Whether plain annotations in this class are columns of SQLModel, by the source alone."""
    local = {
        s.node.name.value: s.node for s in statements(module) if isinstance(s.node, cst.ClassDef)
    }
    seen: set[str] = set()
    waiting = [owner]
    while waiting:
        node = waiting.pop()
        if _has_sqlmodel(node, names):
            return True
        seen.add(node.name.value)
        bases = [b.value.value for b in node.bases if isinstance(b.value, cst.Name)]
        waiting += [local[b] for b in bases if b in local and b not in seen]
    return False


def _has_sqlmodel(owner: cst.ClassDef, names: Names) -> bool:
    if any(names.library_name(base.value) == "SQLModel" for base in owner.bases):
        return True
    if any(k.keyword and k.keyword.value == "table" for k in owner.keywords):
        return True
    values = (getattr(s.node, "value", None) for s in statements(owner.body))
    return any(names.library_call(value) == "Field" for value in values)
