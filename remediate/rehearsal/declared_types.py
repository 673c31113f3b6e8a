"""The types of columns that statements of revisions make, rename, or change."""

from collections.abc import Iterable
from dataclasses import replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes
from remediate.lint.types import CATALOG_NAMES, SERIALS
from remediate.rehearsal import demands
from remediate.rehearsal.held import Rows, State, Unclear

_SHORT = {"varchar": "character varying", "char": "character", "bpchar": "character",
          "varbit": "bit varying"}  # fmt: skip
_Type = tuple[str, str]  # for the live database, and what is under a domain; "": not known


def of(state: State, type_: nodes.TypeName | None) -> _Type:
    """What a column is declared as. The live database may have another type of that name."""
    if type_ is None:
        return "", ""
    *schema, name = strings(type_.names)
    if name in SERIALS:
        return SERIALS[name], SERIALS[name]
    try:
        text = demands.type_text(state, type_)
    except Unclear:
        return "", ""
    known = name in CATALOG_NAMES and schema in ([], ["pg_catalog"])
    return text, _spelled(text) if known else ""


def _spelled(type_: str) -> str:
    """As format_type prints it."""
    name, bracket, rest = type_.partition("(")
    bare, array = name.removesuffix("[]"), "[]" if name.endswith("[]") else ""
    return f"{_SHORT.get(bare, bare)}{array}{bracket}{rest}"


def of_table(state: State, elements: Iterable[nodes.AstNode]) -> dict[str, _Type]:
    """Those of the columns of a new table."""
    columns = (one for one in elements if isinstance(one, nodes.ColumnDef))
    return {one.colname: of(state, one.type_name) for one in columns}


def with_type(table: Rows, column: str, type_: _Type) -> Rows:
    """Where a column is of another type."""
    text, under = type_
    types = {**table.types, column: text} if text else table.types
    return replace(table, types=types, under={**table.under, column: under})


def renamed(before: Rows, after: Rows, old: str, new: str) -> Rows:
    """With the type that a column had under its former name."""
    return with_type(after, new, (before.types.get(old, ""), before.under.get(old, "")))
