"""What a snapshot is once repairs have run, as their expectations and new objects tell."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from remediate.findings.remedy import Expectation, Remedy
from remediate.findings.states import (
    Cycle,
    Default,
    Existence,
    Increment,
    Logged,
    NotNull,
    OwnedBy,
    Range,
    Type,
    Value,
)
from remediate.postgres.sql import quoted
from remediate.remedies.created import with_created
from remediate.remedies.grants import merged
from remediate.remedies.predicted_references import (
    Changes,
    Place,
    candidate,
    foreign_key,
    foreign_keys,
    kept_orphans,
    members,
    new_key,
    new_type,
)
from remediate.remedies.primary_keys import keyed
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import PUBLIC, Column, Generator, Name, Sequence, Table, Writer


def predicted(live: Live, remedies: Iterable[Remedy]) -> Live:
    """The snapshot after these remedies, which do not touch each other.

    Positions of sequences are those that the ids tell, as they were read. Of columns whose
    dependants are rebuilt nothing more is known: a further repair of them is an obstacle.
    """
    remedies = tuple(remedies)
    live = with_created(live, remedies)
    changes = _changes((e for remedy in remedies for e in remedy.expectations), live)
    moved = {s.name for r in remedies for s in r.makes if isinstance(s, Sequence)}
    sequences = _sequences(live, remedies, changes)
    users = {s.name: {*s.users, s.owner} for s in sequences}
    tables = tuple(_table(t, changes, moved, users) for t in live.tables)
    drawing = _drawing(tables)
    keys = foreign_keys(live, remedies, changes)
    bound = {(fk.table, fk.columns) for fk in keys}
    return replace(
        live,
        tables=_owning(tables, sequences),
        sequences=tuple(_drawn(s, drawing.get(s.name, ())) for s in sequences),
        taken_names=live.taken_names
        | {s.name for s in sequences}
        | {name for r in remedies for name in r.new_indexes},
        foreign_keys=keys,
        candidates=tuple(
            candidate(c, changes) for c in live.candidates if (c.table, (c.column,)) not in bound
        ),
        referable=_referable(live, changes),
        orphans={**live.orphans, **kept_orphans(live, keys)},
        absent=tuple(
            foreign_key(fk, changes, ())
            for fk in live.absent
            if (fk.table, fk.columns) not in bound
        ),
        members=members(live.members, changes),
        types={place: new_type(changes, place) or type_ for place, type_ in live.types.items()},
    )


def changed(expectation: Expectation) -> tuple[Value, ...]:
    """The states of a place that become others."""
    return tuple(s.after for s in expectation.states if s.after and s.after != s.before)


def _changes(expectations: Iterable[Expectation], live: Live) -> Changes:
    found: dict[Place, tuple[Value, ...]] = {}
    for one in expectations:
        for state in changed(one):
            table = live.table_of.get(one.relation)
            below = family(table, live) if table and isinstance(state, Type) else ()
            for name in {one.relation, *(t.name for t in below)}:  # a type changes in children, too
                found[name, one.column] = (*found.get((name, one.column), ()), state)
    return found


def _sequences(live: Live, remedies: Iterable[Remedy], changes: Changes) -> tuple[Sequence, ...]:
    made = {s.name: s for r in remedies for s in r.makes if isinstance(s, Sequence)}
    known = {**live.sequence_of, **made}
    granted = {g.sequence: g.roles for g in merged(g for r in remedies for g in r.grants)}
    states = ((s, changes.get((s.name, ""), ())) for s in known.values())
    return tuple(_sequence(s, after, granted.get(s.name, ())) for s, after in states)


# The fields of a sequence that a state tells.
_FIELDS: dict[type[Value], Callable[[Any], dict[str, object]]] = {
    Type: lambda state: {"type": state.name},
    OwnedBy: lambda state: {"owned_by": (state.table, state.column) if state.table else None},
    Range: lambda state: {"minimum": state.low, "maximum": state.high},
    Increment: lambda state: {"increment": state.by},
    Cycle: lambda state: {"cycles": state.cycles},
    Logged: lambda state: {"logged": state.logged},
    Existence: lambda _: {},  # what `makes` tells in full
}


def _sequence(sequence: Sequence, states: tuple[Value, ...], roles: Collection[str]) -> Sequence:
    fields: dict[str, Any] = {}
    for state in states:
        fields |= _FIELDS[type(state)](state)
    if roles:
        fields["users"] = tuple(sorted({*sequence.users, *roles}))
    return replace(sequence, **fields) if fields else sequence


def _table(
    table: Table, changes: Changes, moved: set[Name], users: Mapping[Name, set[str]]
) -> Table:
    columns = tuple(_column(c, changes.get((table.name, c.name), ()), moved) for c in table.columns)
    drawn = {s for c in columns for s in c.sequences}
    writers = tuple(_writer(w, drawn, users) for w in table.writers)
    if (columns, writers) != (table.columns, table.writers):
        table = replace(table, columns=columns, writers=writers)
    key = new_key(table.name, changes)
    return keyed(table, key.columns) if key else table


def _referable(live: Live, changes: Changes) -> dict[Name, frozenset[frozenset[str]]]:
    """The unique sets of columns, with those of new primary keys."""
    return {
        name: sets | {frozenset(key.columns)} if (key := new_key(name, changes)) else sets
        for name, sets in live.referable.items()
    }


def _column(column: Column, states: tuple[Value, ...], moved: set[Name]) -> Column:
    for state in states:
        match state:
            case Type(name):
                column = replace(column, type=name, base_type=name, resolved="")
            case Default(identity=True):
                column = replace(column, generator=Generator.IDENTITY, default="", by_domain=False)
            case Default(expression, sequence):
                column = _generated(column, expression, sequence)
            case NotNull(not_null):
                column = replace(column, not_null=not_null)
            case _:
                pass  # what hangs there is rebuilt as it was
    return replace(column, collision=None) if moved & {*column.sequences} else column


def _generated(column: Column, expression: str, sequence: Name | None) -> Column:
    generator = Generator.EXPRESSION if expression else Generator.NOTHING
    if sequence:
        generator = Generator.SEQUENCE
        expression = f"nextval({quoted(str(sequence))}::regclass)"
    drawn = (sequence,) if sequence else ()
    return replace(
        column, generator=generator, default=expression, sequences=drawn, by_domain=False
    )


def _writer(writer: Writer, drawn: set[Name], users: Mapping[Name, set[str]]) -> Writer:
    if not writer.lacks:
        return writer
    lacks = (s for s in writer.lacks if s in drawn and not {writer.role, PUBLIC} & users[s])
    return replace(writer, lacks=tuple(lacks))


def _drawing(tables: Iterable[Table]) -> dict[Name, tuple[Place, ...]]:
    found: dict[Name, tuple[Place, ...]] = {}
    for table in tables:
        for column in table.columns:
            for name in column.sequences:
                if column.generator is not Generator.IDENTITY and not column.by_domain:
                    found[name] = (*found.get(name, ()), (table.name, column.name))
    return found


def _drawn(sequence: Sequence, draws: tuple[Place, ...]) -> Sequence:
    return sequence if draws == sequence.draws else replace(sequence, draws=draws)


def _owning(tables: Iterable[Table], sequences: Iterable[Sequence]) -> tuple[Table, ...]:
    """With the sequences that columns own by now; an identity draws from the one it owns."""
    owned: dict[Name, dict[str, tuple[Name, ...]]] = {}
    for sequence in sequences:
        if sequence.owned_by:
            table, column = sequence.owned_by
            own = owned.setdefault(table, {})
            own[column] = (*own.get(column, ()), sequence.name)
    return tuple(_with_owned(t, owned.get(t.name, {})) for t in tables)


def _with_owned(table: Table, owned: Mapping[str, tuple[Name, ...]]) -> Table:
    columns = tuple(_owner(c, owned.get(c.name, ())) for c in table.columns)
    return table if columns == table.columns else replace(table, columns=columns)


def _owner(column: Column, owned: tuple[Name, ...]) -> Column:
    kept = tuple(n for n in column.owned if n in owned)
    now = (*kept, *(n for n in owned if n not in kept))
    column = column if now == column.owned else replace(column, owned=now)
    new = column.generator is Generator.IDENTITY and not column.sequences
    return replace(column, sequences=owned) if new else column
