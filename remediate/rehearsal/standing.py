"""Unique indexes and foreign keys that stand while statements drop and rename what they are of."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.lint.parser import nodes
from remediate.postgres.sql import ident
from remediate.rehearsal import table_constraints
from remediate.rehearsal.held import State
from remediate.rehearsal.unique_keys import Unique
from remediate.snapshots.defaults import words
from remediate.snapshots.tables import Name


def without_index(state: State, schema: str, name: str) -> State:
    """Where DROP INDEX has taken one. `schema`: "" where the statement names none."""
    gone = _index(state, schema, name)
    return replace(state, uniques=tuple(one for one in state.uniques if one.name != gone))


def with_index_renamed(state: State, schema: str, name: str, new: str) -> State:
    """Where an index, or the constraint that it serves, is called otherwise."""
    old = _index(state, schema, name)
    called = Name(old.schema, new)
    uniques = tuple(replace(u, name=called) if u.name == old else u for u in state.uniques)
    return replace(state, uniques=uniques)


def with_constraint_renamed(state: State, table: Name, name: str, new: str) -> State:
    """Where a constraint of this table is called otherwise."""
    constraints = tuple(
        replace(c, name=new) if (c.table, c.name) == (table, name) else c for c in state.constraints
    )
    state = replace(state, constraints=constraints)
    return with_index_renamed(state, table.schema, name, new)


def with_column_renamed(state: State, table: Name, old: str, new: str) -> State:
    """Where a column of this table is called otherwise."""
    return replace(
        state,
        uniques=tuple(_renamed(u, old, new) if u.table == table else u for u in state.uniques),
        constraints=table_constraints.column_renamed(state.constraints, table, old, new),
    )


def with_null(state: State, table: Name, column: str, *, required: bool) -> State:
    """Where a column of this table may be NULL from now on, or must not."""
    kept = table_constraints.nullable(state.constraints, table, column)
    more = (table_constraints.not_null(table, column),) if required else ()
    return replace(state, constraints=kept + more)


def without_table(state: State, table: Name) -> State:
    """Where a table is gone, with its indexes."""
    constraints = tuple(c for c in state.constraints if table not in {c.table, c.target})
    kept = tuple(one for one in state.uniques if one.table != table)
    return replace(state.without(table), uniques=kept, constraints=constraints)


def without_column(state: State, table: Name, column: str) -> State:
    """Where a column of this table is gone, with each index that speaks of it."""
    kept = (u for u in state.uniques if u.table != table or column not in u.columns)
    constraints = table_constraints.without_column(state.constraints, table, column)
    return replace(state, uniques=tuple(kept), constraints=constraints)


def without_constraint(state: State, table: Name, name: str) -> State:
    """Where a constraint of this table is gone, with what refers to its key."""
    index = Name(table.schema, name)
    uniques = tuple(one for one in state.uniques if one.name != index)
    gone = {u.columns for u in state.uniques if (u.table, u.name) == (table, index)}
    gone -= {u.columns for u in uniques if u.table == table}
    kept = table_constraints.without(state.constraints, table, name)
    constraints = tuple(c for c in kept if c.target != table or frozenset(c.referred) not in gone)
    return replace(state, uniques=uniques, constraints=constraints)


def altered(state: State, table: Name, node: nodes.ATAlterConstraint) -> State:
    """Where ALTER CONSTRAINT may let a foreign key of this table wait, or hold nothing."""

    def changed() -> Iterator[table_constraints.Standing]:
        for one in state.constraints:
            if (one.table, one.name) != (table, node.conname):
                yield one
            elif node.is_enforced or not node.alter_enforceability:
                yield replace(one, deferred=node.deferrable) if node.alter_deferrability else one

    return replace(state, constraints=(*changed(),))


def with_triggers(state: State, table: Name, *, enabled: bool) -> State:
    """Where none of them keeps a foreign key, or all do again; what else stands needs none."""
    return replace(
        state,
        constraints=tuple(
            replace(
                one,
                checks=enabled if one.table == table else one.checks,
                keeps=enabled if one.target == table else one.keeps,
            )
            if one.target
            else one
            for one in state.constraints
        ),
    )


def _index(state: State, schema: str, name: str) -> Name:
    found = [Name(one, name) for one in ([schema] if schema else state.search_path)]
    there = {one.name for one in state.uniques}
    return next((one for one in found if one in there), (found or [Name("", name)])[0])


def _renamed(one: Unique, old: str, new: str) -> Unique:
    """An expression is not written anew: nobody can ask for it then."""
    if old not in one.columns:
        return one
    plain = [words(key) for key in one.keys]
    computed = bool(one.condition) or any(p not in [(c,) for c in one.columns] for p in plain)
    return replace(
        one,
        columns=one.columns - {old} | {new},
        keys=tuple(
            ident(new) if p == (old,) else key for p, key in zip(plain, one.keys, strict=True)
        ),
        alone=one.alone or computed,
    )
