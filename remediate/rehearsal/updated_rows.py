"""What CHECK, NOT NULL and foreign keys that stand ask of the rows that an UPDATE changes."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes
from remediate.rehearsal import declared, demands, held
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import Rows, State, Unclear, Unknown, same, selected
from remediate.rehearsal.table_constraints import Standing

_NO_ACTION = {"", "a", "r"}


def asked(state: State, after: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Of these rows, and of those that refer to them."""
    name, left = state.name(node.relation), after.held(node.relation)
    if not isinstance(left, Rows | Unknown):
        return
    targets = [t for t in node.target_list if isinstance(t, nodes.ResTarget)]
    given = {t.name for t in targets}
    fixed = {t.name for t in targets if isinstance(t.val, nodes.ParamRef | nodes.SetToDefault)}
    rows = _changed(state, node)
    for one in after.constraints:
        if one.table == name and _concerned(one, given, fixed):
            yield from _asked(after, one, left if rows is None else rows)
        elif one.target == name and given & _referred(after, one):
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
    left = held.update(state.put(name, before), node).tables.get(name)
    return left if isinstance(left, Rows) else None


def _concerned(one: Standing, given: set[str], fixed: set[str]) -> bool:
    """Whether rows may come to break it.

    One that is NOT VALID refuses each row that changes. A value that is the same in each row is
    tried on the rows that were made up.
    """
    if one.target:
        return bool(given & {*one.columns})
    if one.node.skip_validation:
        return True
    return bool(given & {*one.columns}) and not {*one.columns} <= fixed


def _referred(after: State, one: Standing) -> set[str]:
    """The columns that a foreign key refers to, where it does not change its own with them."""
    if one.target is None or one.node.fk_upd_action not in _NO_ACTION:
        return set()
    return {*(strings(one.node.pk_attrs) or after.keys.get(one.target, ()))}


def _asked(after: State, one: Standing, table: object) -> Iterator[Demand]:
    if not isinstance(table, Rows | Unknown):
        return
    if one.renamed and isinstance(table, Rows):
        found: tuple[Demand, ...] = (demands.unknown(one.table, table, f"CHECK {one.name}"),)
    else:
        found = declared.of(after, one.table, table, one.node, one.columns)
    why = held.LATER if one.deferred else ""
    for demand in found:
        yield replace(demand, why=demand.why or why, standing=True)
