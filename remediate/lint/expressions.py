"""Expressions of SQL: types, casts, defaults, conditions."""

from collections.abc import Iterable
from functools import lru_cache

from remediate.lint.facts import UNKNOWN, Default
from remediate.lint.parser import NotParsed, Source, nodes, pb
from remediate.lint.scope import HOLE, Text
from remediate.lint.types import ASSIGNABLE, CATALOG_NAMES, TEXTS
from remediate.lint.values import bare_name, table_name


def strings(names: Iterable[nodes.AstNode]) -> tuple[str, ...]:
    return tuple(name.sval for name in names if isinstance(name, nodes.String))


@lru_cache(maxsize=4096)
def type_of(written: str) -> str:
    """The same of a type in text."""
    node = _expression(f"NULL::{written}")
    return type_name(node.type_name) if isinstance(node, nodes.TypeCast) else ""


def is_cast(written: str, column: str) -> bool:
    """Whether this SQL is a mere cast of the column."""
    return casts(_expression(written), column)


def casts(node: nodes.AstNode | None, column: str) -> bool:
    match node:
        case nodes.TypeCast(arg=nodes.ColumnRef(fields=[nodes.String(sval=name)])):
            return name == column
    return False


def default_of(written: str) -> Default:
    """The default that this SQL gives."""
    return default_by(_expression(written))


def _expression(sql: str) -> nodes.AstNode | None:
    match _tree(f"SELECT {sql}"):
        case nodes.SelectStmt(target_list=[nodes.ResTarget(name="", val=nodes.AstNode() as node)]):
            return node
    return None


def _tree(sql: str) -> nodes.AstNode | None:
    try:
        return Source(Text.at(sql, 0)).tree()
    except NotParsed:
        return None


def type_name(node: nodes.TypeName | None) -> str:
    """The type without its length, as PostgreSQL prints it; "" where it is not known."""
    *schema, name = strings(node.names) if node else ("",)
    if HOLE in name:
        return ""
    catalog = CATALOG_NAMES.get(name) if schema in ([], ["pg_catalog"]) else None
    other = table_name(name, ".".join(schema))
    known = catalog or (f'"{other}"' if other in ASSIGNABLE else other)
    return f"{known}[]" if node and node.array_bounds else known


def default_by(node: nodes.AstNode | None) -> Default:
    match node:
        case nodes.A_Const(isnull=True):
            return Default(null=True)
        case nodes.FuncCall(funcname=[*_, nodes.String(sval="nextval")], args=[argument]):
            return _drawn(argument)
    return Default(type=_literal_type(node))


def _literal_type(node: nodes.AstNode | None) -> str:
    """The type of a literal, "" of all else."""
    match node:
        case nodes.A_Const(val=nodes.Integer()):
            return "integer"
        case nodes.A_Const(val=nodes.Boolean()):
            return "boolean"
        case nodes.A_Const(val=nodes.String(sval=text)) if HOLE not in text:
            return UNKNOWN
        case nodes.TypeCast(arg=nodes.A_Const(), type_name=written):
            return type_name(written)
    return ""


def _drawn(argument: nodes.AstNode | None) -> Default:
    """nextval of a literal, whichever casts it has."""
    types: set[str] = set()
    while isinstance(argument, nodes.TypeCast):
        types.add(type_name(argument.type_name))
        argument = argument.arg
    match argument:
        case nodes.A_Const(val=nodes.String(sval=name)) if HOLE not in name:
            return Default(_sequence(name), name, late_bound=not types.isdisjoint(TEXTS))
    return Default()


def _sequence(literal: str) -> str:
    """The name without its schema, as a cast to regclass reads it."""
    match _tree(f"TABLE {literal}"):
        case nodes.SelectStmt(from_clause=[nodes.RangeVar(relname=name)]):
            return name
    return bare_name(literal)


def pinned(condition: str) -> str:
    """The column that this condition holds to one value, or to a few; "" where it holds none."""
    return pinned_by(_expression(condition))


def pinned_by(node: nodes.AstNode | None) -> str:
    match node:
        case nodes.BoolExpr(boolop=pb.AND_EXPR, args=parts):
            return next((name for part in parts if (name := pinned_by(part))), "")
        case (
            nodes.A_Expr(
                name=[nodes.String(sval="=" | "<" | "<=")],
                lexpr=nodes.ColumnRef(fields=[nodes.String(sval=name)]),
                rexpr=nodes.A_Const() | nodes.List(items=[nodes.A_Const()]),
            )
            | nodes.A_Expr(
                name=[nodes.String(sval="=" | ">" | ">=")],
                lexpr=nodes.A_Const(),
                rexpr=nodes.ColumnRef(fields=[nodes.String(sval=name)]),
            )
        ):
            return name
    return ""
