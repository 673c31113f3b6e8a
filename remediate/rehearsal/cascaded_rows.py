"""What is asked of rows that a foreign key changes with those that they refer to."""

from collections.abc import Iterator

from remediate.lint.parser import nodes, pb
from remediate.rehearsal import demands, held, updates
from remediate.rehearsal.demands import Demand
from remediate.rehearsal.held import Rows, State, Unknown
from remediate.rehearsal.table_constraints import Standing
from remediate.rehearsal.unique_keys import Unique
from remediate.snapshots.defaults import words
from remediate.snapshots.tables import Name

_CASCADE = "c"
_WHY = "a foreign key changes them with those that they refer to"


def asked(after: State, node: nodes.UpdateStmt) -> Iterator[Demand]:
    """Of the rows that change with those of an UPDATE, and of those that change with them."""
    yield from behind(after, after.name(node.relation), updates.given(after, node), direct=False)


def behind(after: State, first: Name, given: set[str], *, direct: bool) -> Iterator[Demand]:
    """Where these columns of a table change. `direct`: also of rows that refer to the table."""
    todo, done = [(first, given)], set[tuple[Name, str]]()
    for parent, columns in todo:  # it grows
        alike = held.alike(after, parent)
        for key in (c for c in after.constraints if c.target in alike and c.keeps):
            table = after.tables.get(key.table)
            if not isinstance(table, Rows | Unknown) or not key.of_any(columns):
                continue
            if (key.table, key.name) in done:
                continue
            if key.follows:
                done.add((key.table, key.name))
                if key.table in after.fires:
                    yield demands.fired(key.table, table)
                changed = {*key.columns} | updates.again(table, key.columns)
                todo.append((key.table, changed))
                yield from _of_change(after, key, table, changed)
            elif direct or parent != first:
                rows = Unknown(_WHY, table.sql)
                yield demands.unknown(key.table, rows, called(key))


def _of_change(
    state: State, key: Standing, table: Rows | Unknown, changed: set[str]
) -> Iterator[Demand]:
    """Where a foreign key changes its own columns, and what is computed from them."""
    rows = Unknown(_WHY, table.sql)
    for one in (c for c in state.constraints if c.table == key.table):
        concerned = one.node.skip_validation or changed & {*one.columns}
        if concerned and not _fits(state, key, one):
            yield demands.unknown(one.table, rows, called(one))
    for index in (u for u in state.uniques if u.table == key.table and changed & u.columns):
        if not _as_unique(key, index):
            yield demands.unknown(key.table, rows, f"index {index.name.name}")


def _fits(state: State, key: Standing, one: Standing) -> bool:
    """Whether it takes whatever the foreign key sets."""
    action = key.node.fk_upd_action
    if one is key:
        return action in {_CASCADE, "n"}
    if one.node.contype != pb.CONSTR_NOTNULL or action != _CASCADE:
        return False
    required = {
        column
        for c in state.constraints
        if c.table == key.target and c.node.contype == pb.CONSTR_NOTNULL
        for column in c.columns
    }
    return {*one.columns} <= {*key.columns} and {*key.referred} <= required


def _as_unique(key: Standing, index: Unique) -> bool:
    """Whether values stay apart in it since those that they follow do."""
    plain = {words(part) for part in index.keys} == {(column,) for column in index.columns}
    follows = key.node.fk_upd_action == _CASCADE and {*key.columns} <= index.columns
    return follows and plain and not index.condition and not index.alone


def called(one: Standing) -> str:
    kinds = {pb.CONSTR_CHECK: "CHECK", pb.CONSTR_FOREIGN: "foreign key"}
    listed = ", ".join(one.columns)
    return (
        f"{kinds[one.node.contype]} ({listed})"
        if one.node.contype in kinds
        else f"NOT NULL of {listed}"
    )
