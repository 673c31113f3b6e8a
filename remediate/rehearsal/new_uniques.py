"""Unique indexes and exclusion constraints that revisions make: later statements meet them, too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, pb, walk_typed
from remediate.postgres.sql import ident, key_name, numbered
from remediate.rehearsal import held, standing
from remediate.rehearsal.held import State, Unclear
from remediate.rehearsal.unique_keys import Unique
from remediate.snapshots.tables import Name

_KINDS = {pb.CONSTR_UNIQUE, pb.CONSTR_PRIMARY, pb.CONSTR_EXCLUSION}
_WAITS = {pb.CONSTR_ATTR_DEFERRABLE, pb.CONSTR_ATTR_DEFERRED}  # behind the constraint of a column


@dataclass(frozen=True, slots=True)
class _Timing:
    """When an index refuses."""

    immediate: bool = True
    deferred: bool = False


def of_index(state: State, node: nodes.IndexStmt) -> Unique:
    """What CREATE UNIQUE INDEX makes."""
    table = state.name(node.relation)
    parts = [p for p in node.index_params if isinstance(p, nodes.IndexElem)]
    spoken = "_".join(part.name or "expr" for part in parts)
    made = Unique(
        table,
        Name(table.schema, node.idxname or _free(state, table, spoken, "idx")),
        _columns([*parts, node.where_clause]),
        (),
        nulls=node.nulls_not_distinct,
    )
    try:
        if any(p.collation for p in parts):
            raise Unclear
        keys = [ident(p.name) if p.name else state.sql_of(p.expr) for p in parts]
        condition = state.sql_of(node.where_clause) if node.where_clause else ""
    except Unclear:
        return replace(made, alone=True)
    return replace(made, keys=tuple(keys), condition=condition)


def with_made(state: State, made: Unique) -> State:
    """Of the table, and of those that it is a partition of, or that are partitions of it."""
    if made.name in {one.name for one in state.uniques}:
        return state  # IF NOT EXISTS
    related = sorted(held.alike(state, made.table) - {made.table})
    more = [replace(made, table=other, alone=True) for other in related]
    return replace(state, uniques=(*state.uniques, made, *more))


def with_constraint(state: State, table: Name, node: nodes.Constraint, own: str = "") -> State:
    """With what a constraint makes, or has of an index. `own`: the column that declares it."""
    if node.contype not in _KINDS:
        return state
    timing = _Timing(not node.deferrable, node.initdeferred)
    if node.indexname:
        name = node.conname or node.indexname
        state = standing.with_index_renamed(state, table.schema, node.indexname, name)
        return _timed(state, Name(table.schema, name), timing)
    excluded = [i for one in node.exclusions for i in getattr(one, "items", ())]
    columns = ((own,) if own else strings(node.keys)) or (*_columns(excluded),)
    made = Unique(
        table,
        Name(table.schema, node.conname or _default_name(state, table, node, columns)),
        frozenset(columns),
        tuple(map(ident, columns)),
        nulls=node.nulls_not_distinct,
        immediate=timing.immediate,
        deferred=timing.deferred,
        alone=node.contype == pb.CONSTR_EXCLUSION or node.without_overlaps,
    )
    return with_made(state, made)


def of_column(state: State, table: Name, own: Iterable[nodes.Constraint], column: str) -> State:
    """With what the constraints of one column make."""
    last: Name | None = None
    for node in own:
        if node.contype in _KINDS:
            before = {one.name for one in state.uniques}
            state = with_constraint(state, table, node, column)
            last = next((u.name for u in state.uniques if u.name not in before), None)
        elif node.contype in _WAITS and last:
            deferred = node.contype == pb.CONSTR_ATTR_DEFERRED
            state = _timed(state, last, _Timing(immediate=False, deferred=deferred))
    return state


def set_constraints(state: State, node: nodes.ConstraintsSetStmt) -> State:
    """Where SET CONSTRAINTS lets those that are DEFERRABLE wait, or not any more."""
    names = {one.relname for one in node.constraints if isinstance(one, nodes.RangeVar)}
    return replace(
        state,
        uniques=tuple(
            replace(u, deferred=node.deferred)
            if not u.immediate and (not names or u.name.name in names)
            else u
            for u in state.uniques
        ),
        constraints=tuple(
            replace(c, deferred=node.deferred)
            if c.node.deferrable and (not names or c.name in names)
            else c
            for c in state.constraints
        ),
    )


def _timed(state: State, name: Name, timing: _Timing) -> State:
    uniques = tuple(
        replace(u, immediate=timing.immediate, deferred=timing.deferred) if u.name == name else u
        for u in state.uniques
    )
    return replace(state, uniques=uniques)


def _columns(parts: Sequence[nodes.AstNode | None]) -> frozenset[str]:
    """Those that the parts of an index speak of."""
    found = {p.name for p in parts if isinstance(p, nodes.IndexElem) and p.name}
    for part in filter(None, parts):
        for _, inner in walk_typed(part):
            if isinstance(inner, nodes.ColumnRef):
                found |= {*strings(inner.fields)[-1:]}
    return frozenset(found)


def _default_name(state: State, table: Name, node: nodes.Constraint, columns: Sequence[str]) -> str:
    """PostgreSQL's own (ChooseIndexName in indexcmds.c)."""
    if node.contype == pb.CONSTR_PRIMARY:
        return key_name(table.name)
    label = "excl" if node.contype == pb.CONSTR_EXCLUSION else "key"
    return _free(state, table, "_".join(columns), label)


def _free(state: State, table: Name, spoken: str, label: str) -> str:
    taken = {u.name.name for u in state.uniques if u.name.schema == table.schema}
    return next(n for n in numbered(table.name, spoken, label) if n not in taken)
