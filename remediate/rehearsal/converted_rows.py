"""What CHECK, NOT NULL and foreign keys that stand ask of values of another type."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.lint.parser import nodes, pb
from remediate.lint.types import INTEGERS
from remediate.rehearsal import declared, declared_types, demands
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import Rows, State, Unknown
from remediate.rehearsal.table_constraints import Standing
from remediate.snapshots.tables import Name

_WHOLE = {*INTEGERS, "numeric"}
_TEXTS = {"text", "character varying"}


def asked(
    before: Rows, after: State, name: Name, column: str, new: nodes.ColumnDef
) -> Iterator[Demand]:
    """Of the rows of a table whose column has another type, and of those that refer to it."""
    if _same_values(after, before.under.get(column, ""), new):
        return
    for one in after.constraints:
        required = one.node.contype == pb.CONSTR_NOTNULL
        if one.node.skip_validation or (required and not new.raw_default):
            continue
        own = one.table == name and column in one.columns
        if own or (one.target == name and column in one.referred):
            yield from _of(after, one)


def _same_values(state: State, old: str, new: nodes.ColumnDef) -> bool:
    """Whether each value stays what it is."""
    _, type_ = declared_types.of(state, new.type_name)
    pair = {one.partition("(")[0] for one in (old, type_)}
    whole = old in INTEGERS and pair <= _WHOLE
    return not new.raw_default and (whole or pair <= _TEXTS)


def _of(after: State, one: Standing) -> Iterator[Demand]:
    table = after.tables.get(one.table)
    if not isinstance(table, Rows | Unknown):
        return
    if one.renamed:
        yield demands.unknown(one.table, table, declared.title(one))
        return
    for demand in declared.of(after, one.table, table, one.node, one.columns):
        yield replace(demand, standing=True)
