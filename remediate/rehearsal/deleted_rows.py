"""What a DELETE asks of the rows that refer to those that go, and of those behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes
from remediate.postgres.sql import ident
from remediate.rehearsal import cascaded_rows, declared, demands, held, updates
from remediate.rehearsal.demands import ALONE, Demand
from remediate.rehearsal.held import Fresh, Rows, State, Unclear, Unknown, same, selected
from remediate.rehearsal.table_constraints import Standing
from remediate.rehearsal.unique_keys import Unique
from remediate.snapshots.defaults import words
from remediate.snapshots.tables import Name

_CASCADE, _NULL, _DEFAULT = "c", "n", "d"  # pg_constraint.confdeltype
_CHANGING = {_CASCADE, _NULL, _DEFAULT}
_FULL = "f"  # of MATCH
_WHY = "a foreign key changes them with those that they refer to"


@dataclass(frozen=True, slots=True)
class _Behind:
    """A foreign key to a table whose rows go, and the rows that refer to these."""

    key: Standing
    table: Rows | Unknown
    hit: Rows | Unknown

    @property
    def action(self) -> str:
        return self.key.node.fk_del_action

    @property
    def columns(self) -> set[str]:
        """Those that it changes, where rows go that it refers to."""
        return {*(strings(self.key.node.fk_del_set_cols) or self.key.columns)}


def asked(state: State, after: State, node: nodes.DeleteStmt) -> Iterator[Demand]:
    """Of the rows that refer to those that go, and to those that go with them."""
    first, table = state.name(node.relation), state.held(node.relation)
    if table is None or (isinstance(table, Fresh) and not table.written):
        return
    cascading = _cascading(state, first)
    # Where a table comes back to itself, nobody knows how many rows go.
    again = {name for name in (first, *cascading) if name in _cascading(state, name)}
    todo, done = [(first, _gone(state, node, table))], set[tuple[Name, str]]()
    for parent, gone in todo:  # it grows
        rows = Unknown(ALONE, gone.sql) if parent in again else gone
        for one in _behind(state, after, parent, rows, {first, *cascading}):
            if isinstance(one.hit, Unknown):
                if (one.key.table, one.key.name) in done:
                    continue
                done.add((one.key.table, one.key.name))
            if one.action == _CASCADE:
                todo.append((one.key.table, one.hit))
            yield from _asked_of(state, after, one, first)


def _cascading(state: State, name: Name) -> set[Name]:
    """The tables whose rows may go with rows of this one; it is among them where it goes round."""
    found, todo = set[Name](), [name]
    for parent in todo:  # it grows
        new = {
            c.table
            for c in state.constraints
            if c.target == parent and c.keeps and c.node.fk_del_action == _CASCADE
        } - found
        found |= new
        todo += new
    return found


def _asked_of(state: State, after: State, one: _Behind, first: Name) -> Iterator[Demand]:
    """By what a foreign key does."""
    if one.action not in _CHANGING:
        yield from _refused(state, one, first)
        return
    if one.key.table in state.fires:
        yield demands.fired(one.key.table, one.hit)
    if one.action != _CASCADE:
        yield from _changed(after, one)


def _gone(state: State, node: nodes.DeleteStmt, table: held.Held) -> Rows | Unknown:
    """The rows that a DELETE takes."""
    if isinstance(table, Fresh):  # its rows are those that revisions made
        return Unknown(ALONE, held.ONE)
    if isinstance(table, Unknown):
        return table
    # Others may go by a trigger, or stay.
    if state.fires & {state.name(node.relation)} or table.grown or node.with_clause:
        return Unknown(ALONE, table.sql)
    try:
        condition = held.condition(state, node)
    except Unclear:
        return Unknown(ALONE, table.sql)
    return selected(table, held.called(node.relation), same(table), condition)


def _behind(
    state: State, after: State, parent: Name, gone: Rows | Unknown, going: set[Name]
) -> Iterator[_Behind]:
    """By each foreign key to a table, or to its root. `going`: the tables that lose rows."""
    alike = held.alike(state, parent)
    for key in (c for c in state.constraints if c.target in alike and c.keeps and not c.inherited):
        changing = key.node.fk_del_action in _CHANGING
        # Of itself, what stays is asked.
        table = (after if key.table == parent and not changing else state).tables.get(key.table)
        if not isinstance(table, Rows | Unknown):
            continue
        # What fires may leave rows there, or change them in another way; others may be gone then.
        doubtful = (changing and key.table in state.fires) or key.target != parent
        doubtful |= key.node.fk_del_action in {_NULL, _DEFAULT} and key.table in going
        rows = Unknown(ALONE, table.sql) if doubtful else _hit(key, table, gone)
        yield _Behind(key, table, rows)


def _hit(key: Standing, table: Rows | Unknown, gone: Rows | Unknown) -> Rows | Unknown:
    """The rows that refer to those that go."""
    if isinstance(table, Unknown) or isinstance(gone, Unknown):
        return table if isinstance(table, Unknown) else Unknown(ALONE, table.sql)
    known = {*key.columns} <= {*table.columns} and {*key.referred} <= {*gone.columns}
    if not known or len(key.columns) != len(key.referred):
        return Unknown(held.CHANGED, table.sql)
    pairs = zip(key.columns, key.referred, strict=True)
    equal = " AND ".join(f"gone.{ident(two)} = held.{ident(mine)}" for mine, two in pairs)
    condition = f"EXISTS (SELECT FROM {gone.sql} AS gone WHERE {equal})"
    return replace(selected(table, "held", same(table), condition), types=table.types)


def _refused(state: State, one: _Behind, first: Name) -> Iterator[Demand]:
    """No row refers to one that goes."""
    key, hit = one.key, one.hit
    what = f"rows of {key.target} that it refers to are deleted"
    # Others may go with it before they are asked for.
    if isinstance(hit, Rows) and key.table in held.with_it(state, first, deleted=True):
        hit = Unknown(ALONE, one.table.sql)

    def build(rows: Rows) -> Iterator[Demand]:
        yield demands.unreferenced(key.table, what, rows)

    why = held.LATER if key.deferred else ""
    for demand in demands.asked(key.table, hit, what, build, key.columns):
        yield replace(demand, why=demand.why or why)


def _changed(after: State, one: _Behind) -> Iterator[Demand]:
    """What stands on columns that ON DELETE sets to NULL or to a default."""
    key = one.key
    changed = one.columns | updates.again(one.table, one.columns)
    rows = _with_nulls(one, changed)
    # A reference that is NULL refers to nothing.
    fits = key if one.action == _NULL and key.node.fk_matchtype != _FULL else None
    for other in (c for c in after.constraints if c.table == key.table and c is not fits):
        if other.node.skip_validation or changed & {*other.columns}:
            yield from _asked(after, other, one, rows)
    for index in (u for u in after.uniques if u.table == key.table and changed & u.columns):
        if one.action != _NULL or not _apart(index, one.columns):
            yield demands.unknown(key.table, Unknown(_WHY, one.hit.sql), f"index {index.name.name}")
    yield from cascaded_rows.behind(after, key.table, changed, direct=True)


def _with_nulls(one: _Behind, changed: set[str]) -> Rows | None:
    """The rows that it changes, as it leaves them; None where nobody knows it."""
    hit = one.hit
    known = isinstance(hit, Rows) and changed <= {*hit.types}
    if not isinstance(hit, Rows) or not known or one.action != _NULL or changed != one.columns:
        return None
    nulls = {column: f"CAST(NULL AS {hit.types[column]})" for column in changed}
    return selected(hit, one.key.table.name, {**same(hit), **nulls})


def _asked(after: State, other: Standing, one: _Behind, rows: Rows | None) -> Sequence[Demand]:
    if rows is None or other.renamed:
        return (
            demands.unknown(other.table, Unknown(_WHY, one.hit.sql), cascaded_rows.called(other)),
        )
    why = held.LATER if other.deferred or one.key.deferred else ""
    found = declared.of(after, other.table, rows, other.node, other.columns)
    return [replace(demand, why=demand.why or why, standing=True) for demand in found]


def _apart(index: Unique, columns: set[str]) -> bool:
    """Whether no two rows are the same in it where one of these is NULL."""
    plain = {part for key in index.keys if len(part := words(key)) == 1}
    return not index.nulls and not index.alone and any((column,) in plain for column in columns)
