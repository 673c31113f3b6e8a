"""What CHECK, NOT NULL and foreign keys that stand ask of the rows that an UPDATE changes."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.lint.parser import nodes
from remediate.rehearsal import declared, demands, held, updated_keys, updates
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import Rows, State, Unclear, Unknown, same, selected
from remediate.rehearsal.table_constraints import Standing


def asked(state: State, after: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Of these rows, and of those that refer to them."""
    name, left = state.name(node.relation), after.held(node.relation)
    if not isinstance(left, Rows | Unknown):
        return
    given = updates.given(state, node)
    rows, alike = _changed(state, node), held.alike(state, name)
    for one in after.constraints:
        if one.table == name and _concerned(one, given, _fixed(node)):
            for demand in _asked(after, one, left if rows is None else rows):
                yield updated_keys.with_reason(demand, state, node, one.columns)
        elif one.target in alike and one.keeps and not one.follows and one.of_any(given):
            yield from _asked(after, one, after.tables.get(one.table))


def _changed(state: State, node: nodes.UpdateStmt) -> Rows | None:
    """The rows that it changes, as it leaves them; None where nobody knows which."""
    name, table = state.name(node.relation), state.held(node.relation)
    if not isinstance(table, Rows) or node.from_clause or node.with_clause:
        return None
    try:
        condition = state.sql_of(node.where_clause) if node.where_clause else ""
    except Unclear:
        return None
    before = selected(table, held.called(node.relation), same(table), condition)
    before = replace(before, types=table.types)
    left = updates.update(state.put(name, before), node).tables.get(name)
    if not isinstance(left, Rows):
        return None
    return selected(left, name.name, {**same(left), **_nulls(state, node, table)})


def _nulls(state: State, node: nodes.UpdateStmt, table: Rows) -> dict[str, str]:
    """The columns that are set to their default, where they have none."""
    name = state.name(node.relation)
    empty = {c for one in state.constraints if one.table == name and one.bare for c in one.columns}
    return {
        t.name: f"CAST(NULL AS {table.types[t.name]})"
        for t in node.target_list
        if isinstance(t, nodes.ResTarget) and isinstance(t.val, nodes.SetToDefault)
        and t.name in empty & table.types.keys()
    }  # fmt: skip


def _fixed(node: nodes.UpdateStmt) -> set[str]:
    """The columns whose new value the rows that were made up have tried: each of them got it."""
    if node.where_clause or node.from_clause:
        return set()
    return {
        t.name
        for t in node.target_list
        if isinstance(t, nodes.ResTarget) and isinstance(t.val, nodes.ParamRef | nodes.SetToDefault)
    }


def _concerned(one: Standing, given: set[str], fixed: set[str]) -> bool:
    """Whether rows may come to break it.

    One that is NOT VALID refuses each row that changes.
    """
    if one.target:
        return one.checks and bool(given & {*one.columns})
    if one.node.skip_validation:
        return True
    return bool(given & {*one.columns}) and not {*one.columns} <= fixed


def _asked(after: State, one: Standing, table: object) -> Iterator[Demand]:
    if not isinstance(table, Rows | Unknown):
        return
    if one.renamed and isinstance(table, Rows):
        found: tuple[Demand, ...] = (demands.unknown(one.table, table, declared.title(one)),)
    else:
        found = declared.of(after, one.table, table, one.node, one.columns)
    why = held.LATER if one.deferred else ""
    for demand in found:
        yield replace(demand, why=demand.why or why, standing=True)
