"""The rows of a table as an UPDATE leaves them, with generated columns computed again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, query, walk_typed
from remediate.lint.scope import HOLE
from remediate.postgres.sql import ident
from remediate.rehearsal.held import (
    Rows,
    State,
    Unclear,
    Unknown,
    called,
    same,
    selected,
    source,
)
from remediate.snapshots.tables import Name


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


@dataclass(frozen=True, slots=True)
class Value:
    """What an UPDATE computes for a column."""

    column: str
    rows: str  # that it is computed for, after FROM
    condition: str  # of these, those that change
    sql: str


def new_values(state: State, node: nodes.UpdateStmt, table: Rows) -> Iterator[Value]:
    """The values that it computes for each row of its table. Raises Unclear."""
    rows = source(table, called(node.relation))
    for target in computed(node, table):
        if node.with_clause or isinstance(target.val, nodes.MultiAssignRef) or target.indirection:
            raise Unclear
        if node.from_clause:
            joined = state.sql_of(query(target.val, node.from_clause, node.where_clause))
            sql = f"{rows} CROSS JOIN LATERAL {joined} AS new (value)"
            yield Value(target.name, sql, "true", "new.value")
        else:
            condition = state.sql_of(node.where_clause) if node.where_clause else "true"
            yield Value(target.name, rows, condition, state.sql_of(target.val))


def computed(node: nodes.UpdateStmt, table: Rows | Unknown) -> tuple[nodes.ResTarget, ...]:
    """What it sets to values that no made-up row has shown to fit their types."""
    targets = (t for t in node.target_list if isinstance(t, nodes.ResTarget))
    types, under = (table.types, table.under) if isinstance(table, Rows) else ({}, {})
    domains = {c for c, type_ in types.items() if type_ != under.get(c)}
    some = bool(node.where_clause or node.from_clause)  # the rows need not be among them
    return tuple(t for t in targets if not _is_given(t.val) or (some and t.name in domains))


def _is_given(value: nodes.AstNode | None) -> bool:
    """Whether it is a constant, a parameter, or one of these that is cast: PostgreSQL itself
    tells whether it fits as soon as it plans the statement, but for a domain.
    """
    inner = [n for _, n in walk_typed(value)] if value else []
    depends = nodes.FuncCall | nodes.SubLink | nodes.MultiAssignRef
    return not any(isinstance(n, depends) or _is_column(n) for n in inner)


def _is_column(node: nodes.AstNode) -> bool:
    return isinstance(node, nodes.ColumnRef) and HOLE not in "".join(strings(node.fields))
