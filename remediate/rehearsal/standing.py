"""Unique indexes and foreign keys that stand while statements drop and rename what they are of."""

from dataclasses import replace

from remediate.postgres.sql import ident
from remediate.rehearsal import table_constraints
from remediate.rehearsal.held import Reference, State
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
    references = tuple(
        replace(r, index=new) if r.index == name and r.target.schema == old.schema else r
        for r in state.references
    )
    return replace(state, uniques=uniques, references=references)


def with_constraint_renamed(state: State, table: Name, name: str, new: str) -> State:
    """Where a constraint of this table is called otherwise."""
    references = tuple(
        replace(r, name=new) if (r.table, r.name) == (table, name) else r for r in state.references
    )
    constraints = tuple(
        replace(c, name=new) if (c.table, c.name) == (table, name) else c for c in state.constraints
    )
    state = replace(state, references=references, constraints=constraints)
    return with_index_renamed(state, table.schema, name, new)


def with_column_renamed(state: State, table: Name, old: str, new: str) -> State:
    """Where a column of this table is called otherwise."""
    return replace(
        state,
        uniques=tuple(_renamed(u, old, new) if u.table == table else u for u in state.uniques),
        references=tuple(_refers(r, table, old, new) for r in state.references),
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
    return replace(
        state,
        uniques=tuple(one for one in state.uniques if one.name != index),
        constraints=table_constraints.without(state.constraints, table, name),
        references=tuple(
            r
            for r in state.references
            if (name, table) not in {(r.name, r.table), (r.index, r.target)}
        ),
    )


def altered(state: State, table: Name, constraint: object) -> State:
    """Where ALTER CONSTRAINT may let a foreign key of this table wait, or hold nothing."""
    name = getattr(constraint, "conname", "")
    kept = tuple(r for r in state.references if (r.table, r.name) != (table, name))
    constraints = table_constraints.without(state.constraints, table, name)
    return replace(state, references=kept, constraints=constraints)


def without_triggers(state: State, table: Name) -> State:
    """Where none of them keeps a foreign key; unique indexes need none."""
    return replace(
        state,
        references=tuple(r for r in state.references if r.target != table),
        constraints=tuple(c for c in state.constraints if not c.target or c.table != table),
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


def _refers(one: Reference, table: Name, old: str, new: str) -> Reference:
    def called(name: str, of: Name) -> str:
        return new if (name, of) == (old, table) else name

    pairs = ((called(a, one.table), called(b, one.target)) for a, b in one.columns)
    return replace(one, columns=tuple(pairs))
