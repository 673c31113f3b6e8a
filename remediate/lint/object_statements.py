"""CREATE, DROP and RENAME of what is neither table nor column, as SQL text, to facts."""

from collections.abc import Iterable, Iterator

from remediate.lint.expressions import strings
from remediate.lint.facts import Fact, OtherDDL
from remediate.lint.objects import Created, Dropped, Moved, Renamed
from remediate.lint.parser import nodes, pb
from remediate.lint.scope import HOLE
from remediate.lint.tables import relation
from remediate.lint.values import bare_name, table_name

_KINDS = {
    pb.OBJECT_VIEW: "view",
    pb.OBJECT_MATVIEW: "materialized view",
    pb.OBJECT_SEQUENCE: "sequence",
    pb.OBJECT_INDEX: "index",
    pb.OBJECT_TYPE: "type",
    pb.OBJECT_DOMAIN: "type",
    pb.OBJECT_FUNCTION: "function",
    pb.OBJECT_PROCEDURE: "function",
    pb.OBJECT_ROUTINE: "function",
    pb.OBJECT_TRIGGER: "trigger",
    pb.OBJECT_POLICY: "policy",
    pb.OBJECT_RULE: "rule",
    pb.OBJECT_SCHEMA: "schema",
    pb.OBJECT_EXTENSION: "extension",
    pb.OBJECT_TABCONSTRAINT: "constraint",
    pb.OBJECT_ROLE: "role",
}
_OF_TABLES = {"trigger", "policy", "rule", "constraint"}


def named(names: Iterable[nodes.AstNode]) -> str:
    """A name in one part or in several."""
    return _joined(strings(names))


def _joined(parts: tuple[str, ...]) -> str:
    return table_name(parts[-1], ".".join(parts[-2:-1])) if parts else HOLE


def changed(node: nodes.AstNode) -> Iterator[Fact]:
    """What a statement makes or drops that has no reader of its own."""
    match node:
        case nodes.AlterEnumStmt():
            yield _value(node)
        case nodes.DropRoleStmt(roles=roles):
            names = (one.rolename for one in roles if isinstance(one, nodes.RoleSpec))
            yield from (Dropped("role", name) for name in names)
        case _:
            yield from created(node)


def created(node: nodes.AstNode) -> Iterator[Fact]:
    """What a CREATE statement makes; OtherDDL for kinds of which nothing is asked."""
    match node:
        case nodes.ViewStmt(view=view):
            yield Created("view", relation(view))
        case nodes.CreateTableAsStmt(into=nodes.IntoClause(rel=view)):
            yield Created("materialized view", relation(view))
        case nodes.CreateFunctionStmt(funcname=names):
            yield Created("function", named(names))
        case nodes.CreateTrigStmt(trigname=name, relation=table):
            yield Created("trigger", name, relation(table))
        case nodes.CreatePolicyStmt(policy_name=name, table=table):
            yield Created("policy", name, relation(table))
        case nodes.RuleStmt(rulename=name, relation=table):
            yield Created("rule", name, relation(table))
        case _:
            yield _of_database(node)


def _of_database(node: nodes.AstNode) -> Fact:
    match node:
        case nodes.CreateSchemaStmt(schemaname=name) if name:
            return Created("schema", name)
        case nodes.CreateExtensionStmt(extname=name):
            return Created("extension", name)
        case nodes.CreateRoleStmt(role=name):
            return Created("role", name)
        case nodes.CompositeTypeStmt(typevar=type_):
            return Created("type", relation(type_))
        case nodes.CreateRangeStmt(type_name=names) | nodes.CreateDomainStmt(domainname=names):
            return Created("type", named(names))
    return OtherDDL()


def _value(node: nodes.AlterEnumStmt) -> Fact:
    """ALTER TYPE ... ADD VALUE, RENAME VALUE."""
    owner = named(node.type_name)
    if node.old_val:
        return Renamed("value", node.old_val, node.new_val, owner)
    return Created("value", node.new_val, owner)


def dropped(node: nodes.DropStmt) -> Iterator[Fact]:
    """What a DROP statement drops that is neither table, sequence nor index."""
    kind = _KINDS.get(node.remove_type)
    if kind is None:
        yield OtherDDL()
        return
    for one in node.objects:
        parts = strings(_parts(one))
        if kind in _OF_TABLES:
            yield Dropped(kind, parts[-1] if parts else HOLE, _joined(parts[:-1]))
        else:
            yield Dropped(kind, _joined(parts))


def _parts(node: nodes.AstNode) -> Iterable[nodes.AstNode]:
    match node:
        case nodes.List(items=items):
            return items
        case nodes.ObjectWithArgs(objname=names) | nodes.TypeName(names=names):
            return names
    return [node]


def renamed(node: nodes.RenameStmt) -> Fact:
    """What gets another name that is neither table nor column."""
    kind, new = _KINDS.get(node.rename_type), node.newname
    if kind in ("schema", "role"):
        return Renamed(kind, node.subname, new)
    if kind in _OF_TABLES:
        return Renamed(kind, node.subname, new, relation(node.relation))
    if kind and node.relation:
        return Renamed(kind, relation(node.relation), new)
    return Renamed(kind, named(_parts(node.object)), new) if kind and node.object else OtherDDL()


def moved(node: nodes.AlterObjectSchemaStmt) -> Fact:
    """What gets another schema that is no table; of an extension that can be done again."""
    if _KINDS.get(node.object_type) in (None, "extension"):
        return OtherDDL()
    if node.relation:
        name = relation(node.relation)
    else:
        name = named(_parts(node.object)) if node.object else HOLE
    return Moved(name, table_name(bare_name(name), node.newschema))
