"""What unique indexes that stand ask of the keys that an UPDATE sets."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.lint.parser import nodes, walk_typed
from remediate.rehearsal import demands, held
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import Rows, State, Unknown


def asked(state: State, after: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Of the rows as it leaves them, and while it goes through them."""
    yield from _unique_still(after, node)
    yield from _in_any_order(state, after, node)


def _unique_still(state: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Keys among what an UPDATE has set."""
    name, table = state.name(node.relation), state.held(node.relation)
    given = {t.name for t in node.target_list if isinstance(t, nodes.ResTarget)}
    for one in state.uniques:
        asked = one.table == name and given & one.columns
        if asked and isinstance(table, Rows | Unknown):
            waits = held.LATER if one.deferred else ""
            found = demands.still_unique(name, table, one)
            yield from (replace(demand, why=demand.why or waits) for demand in found)


def _in_any_order(state: State, after: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """What no row may get from others, where an UPDATE computes keys from columns."""
    name, table = state.name(node.relation), state.held(node.relation)
    targets = [t for t in node.target_list if isinstance(t, nodes.ResTarget) and t.val]
    computed = {
        t.name
        for t in targets
        if t.val and any(isinstance(n, nodes.ColumnRef) for _, n in walk_typed(t.val))
    }
    if not isinstance(table, Rows) or not isinstance(after.tables.get(name), Rows):
        return
    row = held.update(state.put(name, replace(table, sql="(SELECT held.*)")), node).tables[name]
    for one in (u for u in state.uniques if u.table == name and u.immediate and not u.alone):
        if isinstance(row, Rows) and computed & one.columns and one.columns <= {*row.columns}:
            yield demands.one_by_one(name, table, row, one)
