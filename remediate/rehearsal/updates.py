"""The rows of a table as an UPDATE leaves them, with generated columns computed again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from remediate.lint.parser import nodes
from remediate.postgres.sql import ident
from remediate.rehearsal.held import Rows, State, Unclear, Unknown, called, same, selected
from remediate.snapshots.tables import Name

_GIVEN = nodes.A_Const | nodes.ParamRef | nodes.SetToDefault  # nothing is computed


def given(state: State, node: nodes.UpdateStmt) -> set[str]:
    """The columns that it sets, and the generated ones that may change with them."""
    names = {t.name for t in node.target_list if isinstance(t, nodes.ResTarget)}
    table = state.held(node.relation)
    return names | again(table, names) if isinstance(table, Rows | Unknown) else names


def again(table: Rows | Unknown, columns: Iterable[str]) -> set[str]:
    """The generated columns that may be computed from one of these."""
    names = [column.replace('"', '""') for column in columns]
    return {c for c, sql in table.generated.items() if not sql or any(n in sql for n in names)}


def update(state: State, node: nodes.UpdateStmt) -> State:
    """Each row as the UPDATE leaves it."""
    name = state.name(node.relation)
    state = state.changed(name)
    held = state.tables.get(name)
    if not isinstance(held, Rows):
        return state
    targets = {t.name: t for t in node.target_list if isinstance(t, nodes.ResTarget)}
    generated = again(held, targets)
    changed = {c: sql for c, sql in same(held).items() if c not in generated}
    for column in targets.keys() & changed.keys():
        try:
            changed[column] = _assigned(state, node, targets[column], held.types.get(column, ""))
        except Unclear:
            del changed[column]
    left = selected(held, called(node.relation), changed)
    kept = {c: type_ for c, type_ in held.types.items() if c in changed}
    return state.put(name, _generated(state, name, held, replace(left, types=kept)))


def _generated(state: State, name: Name, before: Rows, left: Rows) -> Rows:
    """With the generated columns that it lacks, where all that they are made of is known."""
    lost = [c for c in before.columns if c not in left.columns]
    unknown = again(before, (c for c in lost if c not in before.generated))
    made = {c: before.generated[c] for c in lost if c in before.generated and c not in unknown}
    redefined = any(one in sql for one in state.defined for sql in made.values())
    if not made or not state.functions or redefined:
        return left
    types = {c: type_ for c, type_ in before.types.items() if c in made or c in left.types}
    cast = {c: f"CAST({sql} AS {types[c]})" if c in types else sql for c, sql in made.items()}
    return replace(selected(left, name.name, {**same(left), **cast}), types=types)


def _assigned(state: State, node: nodes.UpdateStmt, target: nodes.ResTarget, type_: str) -> str:
    """What a column holds in each row. Raises Unclear."""
    several = isinstance(target.val, nodes.MultiAssignRef | nodes.SetToDefault)
    if node.from_clause or node.with_clause or target.indirection or several:
        raise Unclear
    value = state.sql_of(target.val)
    value = f"CAST({value} AS {type_})" if type_ else value
    if node.where_clause is None:
        return value
    return f"CASE WHEN {state.sql_of(node.where_clause)} THEN {value} ELSE {ident(target.name)} END"


def new_values(state: State, node: nodes.UpdateStmt) -> Mapping[str, tuple[str, str]]:
    """What an UPDATE computes for each column: in which rows, and the value. Raises Unclear."""
    if node.from_clause or node.with_clause:
        raise Unclear
    condition = state.sql_of(node.where_clause) if node.where_clause else "true"
    computed = [
        t for t in node.target_list
        if isinstance(t, nodes.ResTarget) and not isinstance(t.val, _GIVEN)
    ]  # fmt: skip
    if any(isinstance(t.val, nodes.MultiAssignRef) for t in computed):
        raise Unclear
    return {t.name: (condition, state.sql_of(t.val)) for t in computed}
