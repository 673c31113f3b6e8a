"""What unique indexes that stand ask of the keys that an UPDATE sets."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, walk_typed
from remediate.lint.scope import HOLE
from remediate.rehearsal import demands, held, updates
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import Rows, State, Unknown

_PARAMETERS = "its values are parameters, which are not known"
_DEFAULT = "it sets a column to its default"


def asked(state: State, after: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Of the rows as it leaves them, and while it goes through them."""
    yield from _unique_still(state, after, node)
    yield from _in_any_order(state, after, node)


def with_reason(
    demand: Demand, before: State, node: nodes.UpdateStmt, columns: Iterable[str]
) -> Demand:
    """The same with what keeps it from being asked, where that is the UPDATE itself.

    `columns`: those that it speaks of; `before`: what is known before the UPDATE.
    """
    table = before.held(node.relation)
    known = isinstance(table, Rows) and {*columns} <= {*table.columns}
    if demand.why != held.CHANGED or not known or before.fires & {before.name(node.relation)}:
        return demand
    inner = [n for _, n in walk_typed(node)]
    if any(_is_parameter(n) for n in inner):
        return replace(demand, why=_PARAMETERS)
    if any(isinstance(n, nodes.SetToDefault) for n in inner):
        return replace(demand, why=_DEFAULT)
    return replace(demand, why=demands.ALONE)


def _is_parameter(node: nodes.AstNode) -> bool:
    """Whether a value stands here that is sent beside the statement."""
    if isinstance(node, nodes.ColumnRef):
        return HOLE in "".join(strings(node.fields))
    return isinstance(node, nodes.ParamRef)


def _unique_still(before: State, state: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Keys among what an UPDATE has set."""
    name, table = state.name(node.relation), state.held(node.relation)
    given = updates.given(state, node)
    for one in state.uniques:
        asked = one.table == name and given & one.columns
        if asked and isinstance(table, Rows | Unknown):
            waits = held.LATER if one.deferred else ""
            for demand in demands.still_unique(name, table, one):
                told = with_reason(demand, before, node, one.columns)
                yield replace(told, why=told.why or waits)


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
    computed |= updates.again(table, computed)
    row = updates.update(state.put(name, replace(table, sql="(SELECT held.*)")), node).tables[name]
    for one in (u for u in state.uniques if u.table == name and u.immediate and not u.alone):
        if isinstance(row, Rows) and computed & one.columns and one.columns <= {*row.columns}:
            yield demands.one_by_one(name, table, row, one)
