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
    PrimaryKey,
    Range,
    Type,
    Value,
)
from remediate.postgres.sql import quoted
from remediate.remedies.created import with_created
from remediate.remedies.grants import merged
from remediate.remedies.primary_keys import keyed
from remediate.snapshots.live import Live, family
from remediate.snapshots.members import Dependant, Member
from remediate.snapshots.references import Candidate, ForeignKey, family_of
from remediate.snapshots.tables import PUBLIC, Column, Generator, Name, Sequence, Table, Writer

Place = tuple[Name, str]  # a column of a table; or a sequence, whose second part is ""
Changes = Mapping[Place, tuple[Value, ...]]
_Columns = tuple[Name, frozenset[str]]  # of a table

REBUILT = "an earlier repair rebuilds what hangs on it: plan again once that has run"


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
    keys = _foreign_keys(live, remedies, changes)
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
            _candidate(c, changes) for c in live.candidates if (c.table, (c.column,)) not in bound
        ),
        referable=_referable(live, changes),
        orphans={**live.orphans, **_kept_orphans(live, keys)},
        absent=tuple(
            _foreign_key(fk, changes, ())
            for fk in live.absent
            if (fk.table, fk.columns) not in bound
        ),
        members=_members(live.members, changes),
        types={place: _new_type(changes, place) or type_ for place, type_ in live.types.items()},
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
    key = _new_key(table.name, changes)
    return keyed(table, key.columns) if key else table


def _new_key(table: Name, changes: Changes) -> PrimaryKey | None:
    states = changes.get((table, ""), ())
    return next((state for state in states if isinstance(state, PrimaryKey)), None)


def _leads(table: Name, columns: tuple[str, ...], changes: Changes) -> bool:
    """Whether the index of a new primary key starts with these columns, in any order."""
    key = _new_key(table, changes)
    return key is not None and {*key.columns[: len(columns)]} == {*columns}


def _referable(live: Live, changes: Changes) -> dict[Name, frozenset[frozenset[str]]]:
    """The unique sets of columns, with those of new primary keys."""
    return {
        name: sets | {frozenset(key.columns)} if (key := _new_key(name, changes)) else sets
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


def _foreign_keys(
    live: Live, remedies: Iterable[Remedy], changes: Changes
) -> tuple[ForeignKey, ...]:
    found = {(fk.table, fk.name): fk for fk in live.foreign_keys}
    for made in (fk for r in remedies for fk in r.makes if isinstance(fk, ForeignKey)):
        known = found.get((made.table, made.name))
        found[made.table, made.name] = _both(known, made) if known else made
    indexing = [made for r in remedies if r.new_indexes for made in r.makes]
    built = {(fk.table, frozenset(fk.columns)) for fk in indexing if isinstance(fk, ForeignKey)}
    return tuple(_foreign_key(fk, changes, built) for fk in found.values())


def _both(known: ForeignKey, made: ForeignKey) -> ForeignKey:
    """Two repairs of one foreign key may each add to it."""
    validated = known.validated or made.validated
    return replace(
        made,
        validated=validated,
        enforced=known.enforced or made.enforced,
        indexed=known.indexed or made.indexed,
        definition="" if validated else made.definition,
    )


def _foreign_key(fk: ForeignKey, changes: Changes, built: Collection[_Columns]) -> ForeignKey:
    built_now = (fk.table, frozenset(fk.columns)) in built or _leads(fk.table, fk.columns, changes)
    if built_now and not fk.indexed:
        fk = replace(fk, indexed=True)
    ours = [_new_type(changes, (fk.table, c)) for c in fk.columns]
    theirs = [_new_type(changes, (fk.target, c)) for c in fk.target_columns]
    if not any(ours) and not any(theirs):
        return fk
    types = _replaced(fk.types, ours)
    targets = _replaced(fk.target_types, theirs)
    pairs = zip(types, targets, fk.cast, strict=False)
    return replace(
        fk,
        types=types,
        declared=_replaced(fk.declared, ours),
        target_types=targets,
        cast=tuple(cast and family_of(one) != family_of(other) for one, other, cast in pairs),
    )


def _kept_orphans(live: Live, keys: Iterable[ForeignKey]) -> dict[Place, int]:
    """The rows without parent that a foreign key leaves where somebody decided so."""
    unchecked = {(fk.table, fk.columns): fk for fk in keys if not fk.validated}
    found = ((unchecked.get((c.table, (c.column,))), c.evidence) for c in live.candidates)
    return {(fk.table, fk.name): seen.orphans for fk, seen in found if fk and seen}


def _replaced(types: tuple[str, ...], new: list[str]) -> tuple[str, ...]:
    return tuple(after or now for now, after in zip(types, new, strict=False))


def _new_type(changes: Changes, place: Place) -> str:
    return next((v.name for v in changes.get(place, ()) if isinstance(v, Type)), "")


def _candidate(candidate: Candidate, changes: Changes) -> Candidate:
    place = candidate.table, candidate.column
    ours = _new_type(changes, place)
    theirs = _new_type(changes, (candidate.target, candidate.target_column))
    return replace(
        candidate,
        not_null=candidate.not_null or NotNull(not_null=True) in changes.get(place, ()),
        indexed=candidate.indexed or _leads(candidate.table, (candidate.column,), changes),
        type=ours or candidate.type,
        base_type=ours or candidate.base_type,
        target_type=theirs or candidate.target_type,
        target_now="" if theirs else candidate.target_now,
    )


def _members(members: Mapping[Place, Member], changes: Changes) -> dict[Place, Member]:
    converted = {place: new for place in members if (new := _new_type(changes, place))}
    rebuilt = {_identity(d) for place in converted for d in members[place].dependants}
    return {
        place: _member(member, converted.get(place, ""), rebuilt)
        for place, member in members.items()
    }


def _member(member: Member, new_type: str, rebuilt: set[tuple[str, str, Name]]) -> Member:
    if new_type:
        member = replace(member, type=new_type, collation="")
    if rebuilt & {_identity(d) for d in member.dependants}:
        member = replace(member, obstacles=(*member.obstacles, REBUILT))
    return member


def _identity(dependant: Dependant) -> tuple[str, str, Name]:
    return dependant.kind, dependant.name, dependant.relation
