"""What statements that ask nothing of the rows that are there leave of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, pb
from remediate.rehearsal import (
    blocks,
    declared_types,
    held,
    inserted,
    new_uniques,
    standing,
    table_constraints,
    ties,
)
from remediate.rehearsal.held import Fresh, Rows, State, Unknown, same, selected
from remediate.snapshots.tables import Name

_HARMLESS = {"setval", "nextval", "currval", "set_config", "now", "version", "to_regclass"}


def _create(state: State, node: Any) -> State:
    into = node.into.rel if isinstance(node, nodes.CreateTableAsStmt) and node.into else None
    relation = node.relation if isinstance(node, nodes.CreateStmt) else into
    if relation is None or state.held(relation) is not None:
        return state
    name = Name(relation.schemaname or next(iter(state.search_path), ""), relation.relname)
    parents = node.inh_relations if isinstance(node, nodes.CreateStmt) else ()
    for parent in parents:
        if isinstance(parent, nodes.RangeVar):
            state = state.linked(state.name(parent), name)
    if isinstance(node, nodes.CreateTableAsStmt):
        return state.put(name, inserted.selected(state, node.query, node.into))
    types = declared_types.of_table(state, node.table_elts)
    made = Fresh(
        types={column: text for column, (text, _) in types.items()},
        under={column: under for column, (_, under) in types.items()},
    )
    state = state.put(name, made)
    return ties.of_table(state, name, node.table_elts)


def _rename(state: State, node: nodes.RenameStmt) -> State:
    name, table = state.name(node.relation), state.held(node.relation)
    if table is None:  # also ALTER TABLE renames an index
        schema, old = (
            (node.relation.schemaname, node.relation.relname) if node.relation else ("", "")
        )
        return standing.with_index_renamed(state, schema, old, node.newname)
    if node.rename_type == pb.OBJECT_TABCONSTRAINT:
        return standing.with_constraint_renamed(state, name, node.subname, node.newname)
    if node.rename_type == pb.OBJECT_COLUMN:
        state = standing.with_column_renamed(state, name, node.subname, node.newname)
        if isinstance(table, Rows | Unknown):
            names = (node.newname if c == node.subname else c for c in table.generated)
            table = replace(table, generated=dict.fromkeys(names, ""))  # in other words, too
            state = state.put(name, table)
    if node.rename_type == pb.OBJECT_TABLE:
        return _moved(state, name, Name(name.schema, node.newname), table)
    if node.rename_type == pb.OBJECT_COLUMN and isinstance(table, Fresh):
        return state.put(name, replace(table, types={}))
    if node.rename_type == pb.OBJECT_COLUMN and isinstance(table, Rows):
        renamed = {node.newname if c == node.subname else c: sql for c, sql in same(table).items()}
        keys = tuple(node.newname if k == node.subname else k for k in state.keys.get(name, ()))
        state = replace(state, keys={**state.keys, name: keys})
        after = selected(table, name.name, renamed)
        return state.put(name, declared_types.renamed(table, after, node.subname, node.newname))
    return state


def _set_schema(state: State, node: nodes.AlterObjectSchemaStmt) -> State:
    name, table = state.name(node.relation), state.held(node.relation)
    if table is None or node.object_type != pb.OBJECT_TABLE:
        return state
    return _moved(state, name, Name(node.newschema, name.name), table)


def _moved(state: State, old: Name, new: Name, table: held.Held) -> State:
    def map_(given: Mapping[Name, Any]) -> dict[Name, Any]:
        return {new if name == old else name: value for name, value in given.items()}

    pending = {(new if n == old else n, c): node for (n, c), node in state.pending.items()}
    reached = {n: frozenset(map_(dict.fromkeys(found))) for n, found in state.reached.items()}
    uniques = tuple(
        replace(u, table=new, name=Name(new.schema, u.name.name)) if u.table == old else u
        for u in state.uniques
    )
    renewed = {n: frozenset(map_(dict.fromkeys(found))) for n, found in state.renewed.items()}
    if isinstance(table, Rows):  # the live database may know another by this name
        table = replace(table, plain=False)
    # What else is known of it is known of its name: after this, of both.
    both = {new, old}
    return replace(
        state.without(old).put(new, table), keys=map_(state.keys), pending=pending,
        reached=map_(reached), renewed=map_(renewed), uniques=uniques,
        constraints=table_constraints.table_renamed(state.constraints, old, new),
        fires=state.fires | both if old in state.fires else state.fires,
        partitions=state.partitions | both if old in state.partitions else state.partitions,
        types={t: n | both if old in n else n for t, n in state.types.items()},
    )  # fmt: skip


def _drop(state: State, node: nodes.DropStmt) -> State:
    named = [strings(one.items) for one in node.objects if isinstance(one, nodes.List)]
    for *path, name in filter(None, named):
        schema = "".join(path[-1:])
        if node.remove_type == pb.OBJECT_INDEX:
            state = standing.without_index(state, schema, name)
        if node.remove_type == pb.OBJECT_TABLE:
            found = pb.RangeVar(relname=name, schemaname=schema)
            state = standing.without_table(state, state.name(nodes.RangeVar(found)))
    return state


def _changed(state: State, names: Iterable[Name]) -> State:
    """Where nobody knows what becomes of the rows of these."""
    for name in names:
        state = state.changed(name, deleted=True).lost([name])
    return state


def _emptied(state: State, node: nodes.TruncateStmt) -> State:
    for one in node.relations:
        if isinstance(one, nodes.RangeVar) and state.held(one):
            state = state.changed(state.name(one))
            state = state.put(state.name(one), Fresh())
    return state.all_lost() if node.behavior == pb.DROP_CASCADE else state


def _copied(state: State, node: nodes.CopyStmt) -> State:
    return held.grown(state, node.relation) if node.is_from else state


def _do(state: State, node: nodes.DoStmt) -> State:
    changed = blocks.changed(state, node)
    return state.all_lost() if changed is None else _changed(state, changed)


def _select(state: State, node: nodes.SelectStmt) -> State:
    """One that only calls functions may change anything."""
    if node.into_clause and node.into_clause.rel:
        rel = node.into_clause.rel
        schema = rel.schemaname or next(iter(state.search_path), "")
        made = inserted.selected(state, node, node.into_clause)
        return state.put(Name(schema, rel.relname), made)
    for target in node.target_list:
        match target:
            case nodes.ResTarget(val=nodes.FuncCall(funcname=[*_, nodes.String(sval=name)])):
                if name not in _HARMLESS and not name.startswith("pg_") and not node.from_clause:
                    return state.all_lost()
    return state


def _any(state: State, _: nodes.AstNode) -> State:
    return state.all_lost()


def _merge(state: State, node: nodes.MergeStmt) -> State:
    return _changed(state, [state.name(node.relation)])


READERS: dict[type, Callable[[State, Any], State]] = {
    nodes.CreateStmt: _create,
    nodes.CreateTableAsStmt: _create,
    nodes.RenameStmt: _rename,
    nodes.AlterObjectSchemaStmt: _set_schema,
    nodes.DropStmt: _drop,
    nodes.MergeStmt: _merge,
    nodes.TruncateStmt: _emptied,
    nodes.CopyStmt: _copied,
    nodes.ConstraintsSetStmt: new_uniques.set_constraints,
    nodes.DoStmt: _do,
    nodes.SelectStmt: _select,
    nodes.CallStmt: _any,
    nodes.ExecuteStmt: _any,
}
