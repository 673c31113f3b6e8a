"""What the values that an UPDATE computes ask: each may fail, and may not fit its type."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.lint.parser import nodes
from remediate.postgres.sql import ident
from remediate.rehearsal import demands, held, updates
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import Rows, State, Unclear, source
from remediate.snapshots.tables import Name


def asked(state: State, after: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Values that it computes from the rows that are there."""
    table, name = state.held(node.relation), state.name(node.relation)
    if not isinstance(table, Rows):
        return
    try:
        values = updates.new_values(state, node)
    except Unclear:
        yield from _uncomputed(name, table, updates.given(state, node))
        return
    rows = source(table, held.called(node.relation))
    for column, (condition, value) in values.items():
        type_ = table.types.get(column, "")
        cast = f"CAST({value} AS {type_})" if type_ else value
        # A domain may refuse NULL, which other rows do not get.
        yield demands.computed(name, rows, column, f"CASE WHEN {condition} THEN {cast} END")
        if limited := demands.too_long(table.under.get(column, "") if type_ else "", value):
            what = f"the new values of {column} as {type_}"
            yield demands.longer(name, what, rows, f"CASE WHEN {condition} THEN {limited} END")
    yield from _computed_again(state, after, node)


def _uncomputed(name: Name, table: Rows, columns: set[str]) -> Iterator[Demand]:
    """Values that may be refused, and that nobody can ask for."""
    for column in sorted(columns & {*table.types}):
        type_, under = table.types[column], table.under.get(column, "")
        if type_ != under or demands.too_long(under, ""):
            yield demands.unknown(name, table, f"the new values of {column} as {type_}")


def _computed_again(state: State, after: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Values of generated columns."""
    name, table, left = (
        state.name(node.relation),
        state.held(node.relation),
        after.held(node.relation),
    )
    if isinstance(table, Rows) and isinstance(left, Rows):
        for column in sorted(updates.given(state, node) & {*table.generated} & {*left.columns}):
            made = demands.computed(name, source(left, name.name), column, ident(column))
            yield replace(made, rows=table.sql)
