"""What ties tables to others and to their indexes while revisions run."""

from collections.abc import Iterable
from dataclasses import replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, pb
from remediate.rehearsal import new_uniques, standing, table_constraints
from remediate.rehearsal.held import CHANGED, Fresh, Rows, State, Unknown
from remediate.snapshots.tables import Name

_NO_ACTION = {"", "a", "r"}


def only(state: State, relation: nodes.RangeVar | None) -> bool:
    """Whether a statement leaves the partitions of its table out."""
    return bool(relation and not relation.inh and state.name(relation) in state.partitions)


def inherited(state: State, name: Name, command: nodes.AlterTableCmd) -> State:
    """Where a table gets, or loses, the rows of another one."""
    match command.def_:
        case nodes.RangeVar() as part if command.subtype in {pb.AT_AddInherit, pb.AT_DropInherit}:
            pass
        case nodes.PartitionCmd(name=nodes.RangeVar() as part):
            pass
        case _:
            return state
    other, rows = state.name(part), state.held(part)
    state = state.linked(name, other)
    if isinstance(state.tables.get(name), Fresh) and isinstance(rows, Rows | Unknown):
        return state.put(name, Unknown(CHANGED, rows.sql))
    return state.lost([name])


def declared(state: State, name: Name, command: nodes.AlterTableCmd) -> State:
    """With what a later statement may mean: a key, a constraint that is NOT VALID yet."""
    if isinstance(command.def_, nodes.Constraint):
        state = of_table(state, name, [command.def_])
    state = _altered(_defaulted(state, name, command), name, command)
    match command.subtype, command.def_:
        case pb.AT_AddConstraint, nodes.Constraint(contype=pb.CONSTR_PRIMARY) as key:
            columns = strings(key.keys) or state.indexes.get(key.indexname, ())
            return replace(state, keys={**state.keys, name: columns})
        case pb.AT_AddConstraint, nodes.Constraint(skip_validation=True) as constraint:
            return replace(state, pending={**state.pending, (name, constraint.conname): constraint})
    return state


def _defaulted(state: State, name: Name, command: nodes.AlterTableCmd) -> State:
    """With another default of a column, or with none."""
    if command.subtype not in {pb.AT_ColumnDefault, pb.AT_AddIdentity}:
        return state
    bare = command.subtype == pb.AT_ColumnDefault and command.def_ is None
    made = table_constraints.defaulted(state.constraints, name, command.name, bare=bare)
    return replace(state, constraints=made)


def _altered(state: State, name: Name, command: nodes.AlterTableCmd) -> State:
    """With less, or more, of what stands."""
    if isinstance(command.def_, nodes.ATAlterConstraint):
        return standing.altered(state, name, command.def_)
    match command.subtype:
        case pb.AT_DropColumn:
            return standing.without_column(state, name, command.name)
        case pb.AT_SetNotNull | pb.AT_DropNotNull as subtype:
            required = subtype == pb.AT_SetNotNull
            return standing.with_null(state, name, command.name, required=required)
        case pb.AT_DropConstraint:
            return standing.without_constraint(state, name, command.name)
        case pb.AT_DisableTrigAll | pb.AT_EnableTrigAll as subtype:
            return standing.with_triggers(state, name, enabled=subtype == pb.AT_EnableTrigAll)
    return state


def of_table(state: State, name: Name, elements: Iterable[nodes.AstNode]) -> State:
    """With what a table declares: its constraints, and its columns with theirs."""
    for one in elements:
        if isinstance(one, nodes.ColumnDef):
            state = of_columns(state, name, [one])
        elif isinstance(one, nodes.Constraint):
            state = referring(state, name, [one])
            state = new_uniques.with_constraint(state, name, one)
            state = _standing(state, name, one)
    return state


def of_columns(state: State, name: Name, columns: Iterable[nodes.ColumnDef]) -> State:
    """With what new columns declare."""
    for column in columns:
        own = [c for c in column.constraints if isinstance(c, nodes.Constraint)]
        state = referring(state, name, own)
        state = new_uniques.of_column(state, name, own, column.colname)
        for one in own:
            state = _standing(state, name, one, column.colname)
    return state


def _standing(state: State, name: Name, node: nodes.Constraint, own: str = "") -> State:
    target = state.name(node.pktable)
    if node.contype == pb.CONSTR_PRIMARY and (columns := strings(node.keys) or (own,) * bool(own)):
        state = replace(state, keys={**state.keys, name: columns})
    key = state.keys.get(target, ())
    made = table_constraints.made(state.constraints, name, node, target, own, key)
    return replace(state, constraints=made)


def referring(state: State, name: Name, declared: Iterable[nodes.AstNode]) -> State:
    """With foreign keys by which other rows change these."""
    for one in declared:
        if isinstance(one, nodes.Constraint) and one.contype == pb.CONSTR_FOREIGN:
            parent = state.name(one.pktable)
            if one.fk_del_action not in _NO_ACTION:
                there = state.reached.get(parent, frozenset()) | {name}
                state = replace(state, reached={**state.reached, parent: there})
            if one.fk_upd_action not in _NO_ACTION:
                there = state.renewed.get(parent, frozenset()) | {name}
                state = replace(state, renewed={**state.renewed, parent: there})
    return state
