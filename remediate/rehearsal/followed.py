"""The statements of revisions, one after the other: what each asks of rows, and does to them."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.lint import do_blocks
from remediate.lint.expressions import strings
from remediate.lint.parser import NotParsed, Source, nodes, pb, walk_typed
from remediate.lint.scope import Text
from remediate.lint.types import CATALOG_NAMES, SERIALS
from remediate.rehearsal import (
    cascaded_rows,
    converted_rows,
    declared,
    declared_types,
    deleted_rows,
    demands,
    held,
    inserted,
    new_uniques,
    table_constraints,
    ties,
    unasked,
    unsettled,
    updated_keys,
    updated_rows,
    updated_values,
    updates,
)  # fmt: skip
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import (
    Fresh,
    Rows,
    State,
    Unclear,
    Unknown,
    same,
    selected,
    source,
)
from remediate.rehearsal.left import READERS
from remediate.snapshots.tables import Name

Step = tuple[State, tuple[Demand, ...]]
_ONLY = "its partitions are left out"
_OF_COLUMNS = {pb.AT_AddColumn, pb.AT_DropColumn, pb.AT_AlterColumnType}
_FILLED = {pb.CONSTR_DEFAULT, pb.CONSTR_IDENTITY, pb.CONSTR_GENERATED}


def step(state: State, sql: str) -> Step:
    """What a statement, or several in one text, asks of rows, and what it leaves of them."""
    found: tuple[Demand, ...] = ()
    for node in parsed(sql):
        if isinstance(node, str):
            state = state.all_lost()
            continue
        state = unsettled.after(state, node)
        found += (*_within(state, node),)
        state, asked = _one(held.written_within(state, node), node)
        found += asked
    return state, found


def parsed(sql: str) -> Iterator[nodes.AstNode | str]:
    """The statements of a text; as it is where PostgreSQL's parser refuses one."""
    text = Text.at(sql.replace("%%", "%"), 0)
    for start, end in Source(text).statements():
        part = text.part(start, end)
        try:
            source = Source(part)
            node = source.tree()
        except NotParsed:
            yield part.value
            continue
        inner = do_blocks.straight(node, source) if isinstance(node, nodes.DoStmt) else ()
        if inner:
            yield from (one for sql in inner for one in parsed(sql))
        else:
            yield node


def _one(state: State, node: nodes.AstNode) -> Step:
    after, asked = _of_statement(state, node)
    return after, (*asked, *unasked.of(state, node))


def _of_statement(state: State, node: nodes.AstNode) -> Step:
    if isinstance(node, nodes.AlterTableStmt):
        return _alter_table(state, node)
    if isinstance(node, nodes.IndexStmt):
        return _index(state, node)
    if isinstance(node, nodes.UpdateStmt):
        after = updates.update(state, node)
        asked = (*updated_values.asked(state, after, node), *updated_keys.asked(state, after, node))
        asked = (*asked, *_fired(state, node), *updated_rows.asked(state, after, node))
        return after, (*asked, *cascaded_rows.asked(after, node))
    if isinstance(node, nodes.DeleteStmt):
        after = held.delete(state, node)
        return after, (*_fired(state, node), *deleted_rows.asked(state, after, node))
    if isinstance(node, nodes.InsertStmt):
        after = inserted.after(state, node)
        return after, (*_fired(state, node), *inserted.asked(state, after, node))
    reader = READERS.get(type(node))
    return (reader(state, node) if reader else state), ()


def _fired(
    state: State, node: nodes.InsertStmt | nodes.UpdateStmt | nodes.DeleteStmt
) -> Iterator[Demand]:
    """Where something fires on the table, or on partitions of it."""
    name, table = state.name(node.relation), state.held(node.relation)
    if state.fires & held.alike(state, name) and isinstance(table, Rows | Unknown):
        yield demands.fired(name, table)


def _within(state: State, node: nodes.AstNode) -> Iterator[Demand]:
    """What statements in a WITH clause ask, of the rows that all of them see."""
    within = held.writes_within(node)
    called = {one.ctename for _, one in walk_typed(node) if isinstance(one, nodes.CommonTableExpr)}
    if called & {name.name for name in state.tables}:
        state = state.all_lost()
    alone = len(within) == 1 and isinstance(node, nodes.SelectStmt)
    for inner in within:
        for demand in _one(state, inner)[1]:
            yield demand if alone else replace(demand, why=demand.why or held.CHANGED)


def _alter_table(state: State, node: nodes.AlterTableStmt) -> Step:
    found: tuple[Demand, ...] = ()
    name = state.name(node.relation)
    if node.objtype != pb.OBJECT_TABLE:
        return state, ()
    only = ties.only(state, node.relation)
    for command in node.cmds:
        if isinstance(command, nodes.AlterTableCmd):
            state = ties.inherited(state, name, command)
        table = state.tables.get(name)
        if isinstance(table, Rows) and only:
            table = Unknown(_ONLY, table.sql)
        if isinstance(command, nodes.AlterTableCmd) and isinstance(table, Rows | Unknown):
            state, asked = _command(state, name, table, command)
            found += asked
        elif isinstance(command, nodes.AlterTableCmd):
            if isinstance(table, Fresh) and command.subtype in _OF_COLUMNS:
                state = state.put(name, replace(table, types={}))
            state = ties.declared(state, name, command)
    return state, found


def _command(state: State, name: Name, table: Rows | Unknown, command: nodes.AlterTableCmd) -> Step:
    match command.subtype, command.def_:
        case pb.AT_AddColumn, nodes.ColumnDef() as new:
            return _added(state, name, table, new)
        case pb.AT_DropColumn, _ if isinstance(table, Rows) and command.name in table.columns:
            kept = {c: sql for c, sql in same(table).items() if c != command.name}
            state = ties.declared(state, name, command)
            return state.put(name, selected(table, name.name, kept)), ()
        case pb.AT_AlterColumnType, nodes.ColumnDef() as new:
            return _converted(state, name, table, command.name, new)
        case pb.AT_SetExpression | pb.AT_DropExpression, _ if isinstance(table, Rows):
            kept = {c: sql for c, sql in same(table).items() if c != command.name}
            asked = (*_computed_anew(state, name, table, command),)
            table = replace(table, generated={**table.generated, command.name: ""})
            return state.put(name, selected(table, name.name, kept)), asked
        case pb.AT_EnableRowSecurity | pb.AT_ForceRowSecurity, _:
            return state.lost([name]), ()
    return ties.declared(state, name, command), (*_of_command(state, name, table, command),)


def _computed_anew(
    state: State, name: Name, table: Rows, command: nodes.AlterTableCmd
) -> Iterator[Demand]:
    """What SET EXPRESSION computes for each row."""
    if command.subtype != pb.AT_SetExpression:
        return
    type_ = table.types.get(command.name)
    try:
        value = state.sql_of(command.def_)
    except Unclear:
        yield demands.unknown(name, table, f"the new values of {command.name}")
        return
    cast = f"CAST({value} AS {type_})" if type_ else value
    yield demands.computed(name, source(table, name.name), command.name, cast)
    for one in state.constraints:
        if one.table == name and command.name in one.columns:
            yield demands.unknown(name, table, declared.title(one))
    for index in state.uniques:
        if index.table == name and command.name in index.columns:
            yield demands.unknown(name, table, f"index {index.name.name}")


def _of_command(
    state: State, name: Name, table: Rows | Unknown, command: nodes.AlterTableCmd
) -> Iterator[Demand]:
    """What is asked of rows that stay as they are."""
    match command.subtype, command.def_:
        case pb.AT_SetNotNull, _:
            one = table_constraints.not_null(name, command.name)
            yield from declared.of(state, name, table, one.node)
        case pb.AT_AddConstraint, nodes.Constraint(skip_validation=False) as constraint:
            yield from declared.of(state, name, table, constraint)
        case pb.AT_ValidateConstraint, _ if pending := state.pending.get((name, command.name)):
            yield from declared.of(state, name, table, pending)
        case pb.AT_AttachPartition, nodes.PartitionCmd(name=part):
            other = state.held(part)
            if isinstance(other, Rows | Unknown):
                what = f"the bounds of a partition of {name}"
                yield demands.unknown(state.name(part), other, what)


def _added(state: State, name: Name, table: Rows | Unknown, new: nodes.ColumnDef) -> Step:
    """A new column, with its values in the rows that are there, and what it declares."""
    if isinstance(table, Unknown) or new.colname in table.columns:
        return ties.of_columns(state, name, [new]), ()
    own = [c for c in new.constraints if isinstance(c, nodes.Constraint)]
    generated = any(c.contype == pb.CONSTR_GENERATED for c in own)
    asked: tuple[Demand, ...] = ()
    try:
        value = _value(state, new, own)
        if generated:
            asked = (demands.computed(name, source(table, name.name), new.colname, value),)
            table = replace(table, generated={**table.generated, new.colname: value})
        table = selected(table, name.name, {**same(table), new.colname: value})
        table = declared_types.with_type(
            table, new.colname, declared_types.of(state, new.type_name)
        )
    except Unclear:
        if generated:
            table = replace(table, generated={**table.generated, new.colname: ""})
        own = [c for c in own if not any(d.contype in _FILLED for d in own)]
    state = state.put(name, table)
    for constraint in own:
        asked += declared.of(state, name, table, constraint, (new.colname,))
    return ties.of_columns(state, name, [new]), asked


def _value(state: State, new: nodes.ColumnDef, own: list[nodes.Constraint]) -> str:
    """What a new column holds in the rows that are there. Raises Unclear."""
    type_ = new.type_name
    *schema, called = strings(type_.names) if type_ else ("",)
    if called in SERIALS or any(c.contype == pb.CONSTR_IDENTITY for c in own):
        return "row_number() OVER ()"
    known = called in CATALOG_NAMES and schema in ([], ["pg_catalog"])
    given = next((c.raw_expr for c in own if c.contype in _FILLED), None)
    if not known or new.coll_clause:
        raise Unclear  # its type may have a default, and equality of its own
    null = nodes.A_Const(pb.A_Const(isnull=True))
    return state.sql_of(given or null, type_)


def _converted(
    state: State, name: Name, table: Rows | Unknown, column: str, new: nodes.ColumnDef
) -> Step:
    what = f"the new type of {column}"
    if isinstance(table, Unknown) or column not in table.columns:
        return state, (demands.unknown(name, table, what),)
    columns = same(table)
    try:
        if new.coll_clause:
            raise Unclear
        demand, columns[column] = demands.converted(state, name, table, column, new)
    except Unclear:
        demand = demands.unknown(name, table, what)
        del columns[column]
    after = selected(table, name.name, columns)
    if column in columns:
        type_ = declared_types.of(state, new.type_name)
        after = declared_types.with_type(after, column, type_)
    again = (
        asked
        for one in state.uniques
        if one.table == name and column in one.columns <= {*columns}
        for asked in demands.still_unique(name, after, one)
    )
    state = state.put(name, after)
    known = column in columns
    stands = converted_rows.asked(table, state, name, column, new) if known else ()
    return state, (demand, *again, *stands)


def _index(state: State, node: nodes.IndexStmt) -> Step:
    name, table = state.name(node.relation), state.held(node.relation)
    columns = tuple(p.name for p in node.index_params if isinstance(p, nodes.IndexElem))
    state = replace(state, indexes={**state.indexes, node.idxname: columns})
    if not node.unique or ties.only(state, node.relation):
        return state, ()  # it asks nothing of rows
    made, what = new_uniques.of_index(state, node), f"unique index {node.idxname}".rstrip()
    state = new_uniques.with_made(state, made)
    if not isinstance(table, Rows | Unknown):
        return state, ()
    return state, demands.asked(
        name, table, what, lambda rows: demands.of_unique(name, rows, made), filter(None, columns)
    )
