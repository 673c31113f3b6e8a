"""What the values that an UPDATE computes ask: each may fail, and may not fit its type."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.lint.parser import nodes
from remediate.postgres.sql import ident
from remediate.rehearsal import demands, updates
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import Rows, State, Unclear, Unknown, source
from remediate.rehearsal.updates import Value
from remediate.snapshots.tables import Name


def asked(state: State, after: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Values that it computes from the rows that are there."""
    table, name = state.held(node.relation), state.name(node.relation)
    if not isinstance(table, Rows | Unknown):
        return
    try:
        if isinstance(table, Unknown):
            raise Unclear
        values = [*updates.new_values(state, node, table)]
    except Unclear:
        columns = {target.name for target in updates.computed(node, table)}
        for column in sorted(columns | updates.again(table, columns)):
            yield demands.unknown(name, table, _called(column, table))
        return
    for value in values:
        what = _called(value.column, table)

        def build(rows: Rows, value: Value = value) -> Iterator[Demand]:
            yield from _of_value(name, rows, value)

        yield from demands.asked(name, table, what, build, ())
    yield from _computed_again(state, after, node)


def _called(column: str, table: Rows | Unknown) -> str:
    type_ = table.types.get(column) if isinstance(table, Rows) else None
    return f"the new values of {column} as {type_}" if type_ else f"the new values of {column}"


def _of_value(name: Name, table: Rows, value: Value) -> Iterator[Demand]:
    """One may fail, and may not fit the type of its column."""
    type_, under = (of.get(value.column, "") for of in (table.types, table.under))
    cast = f"CAST({value.sql} AS {type_})" if type_ else value.sql
    # A domain may refuse NULL, which other rows do not get.
    in_rows = f"CASE WHEN {value.condition} THEN {{}} END"
    made = demands.computed(name, value.rows, value.column, in_rows.format(cast))
    yield replace(made, rows=table.sql)
    if not type_ or not under:  # a domain may refuse it, or cut it off
        yield demands.unknown(name, table, _called(value.column, table))
    if limited := demands.too_long(under if type_ else "", value.sql):
        what = _called(value.column, table)
        yield demands.longer(name, what, value.rows, in_rows.format(limited))


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
