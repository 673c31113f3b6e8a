"""What foreign keys, candidates and members are once repairs have run."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from remediate.findings.remedy import Remedy
from remediate.findings.states import NotNull, PrimaryKey, Type, Value
from remediate.snapshots.live import Live
from remediate.snapshots.members import Dependant, Member
from remediate.snapshots.references import Candidate, ForeignKey, family_of
from remediate.snapshots.tables import Name

Place = tuple[Name, str]  # a column of a table; or a sequence, whose second part is ""
Changes = Mapping[Place, tuple[Value, ...]]
_Columns = tuple[Name, frozenset[str]]  # of a table

REBUILT = "an earlier repair rebuilds objects on it: plan again once that has run"


def new_key(table: Name, changes: Changes) -> PrimaryKey | None:
    states = changes.get((table, ""), ())
    return next((state for state in states if isinstance(state, PrimaryKey)), None)


def _leads(table: Name, columns: tuple[str, ...], changes: Changes) -> bool:
    """Whether the index of a new primary key starts with these columns, in any order."""
    key = new_key(table, changes)
    return key is not None and {*key.columns[: len(columns)]} == {*columns}


def foreign_keys(
    live: Live, remedies: Iterable[Remedy], changes: Changes
) -> tuple[ForeignKey, ...]:
    found = {(fk.table, fk.name): fk for fk in live.foreign_keys}
    for made in (fk for r in remedies for fk in r.makes if isinstance(fk, ForeignKey)):
        known = found.get((made.table, made.name))
        found[made.table, made.name] = _both(known, made) if known else made
    indexing = [made for r in remedies if r.new_indexes for made in r.makes]
    built = {(fk.table, frozenset(fk.columns)) for fk in indexing if isinstance(fk, ForeignKey)}
    return tuple(foreign_key(fk, changes, built) for fk in found.values())


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


def foreign_key(fk: ForeignKey, changes: Changes, built: Collection[_Columns]) -> ForeignKey:
    built_now = (fk.table, frozenset(fk.columns)) in built or _leads(fk.table, fk.columns, changes)
    if built_now and not fk.indexed:
        fk = replace(fk, indexed=True)
    ours = [new_type(changes, (fk.table, c)) for c in fk.columns]
    theirs = [new_type(changes, (fk.target, c)) for c in fk.target_columns]
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


def kept_orphans(live: Live, keys: Iterable[ForeignKey]) -> dict[Place, int]:
    """The rows without parent that a foreign key leaves where somebody decided so."""
    unchecked = {(fk.table, fk.columns): fk for fk in keys if not fk.validated}
    found = ((unchecked.get((c.table, (c.column,))), c.evidence) for c in live.candidates)
    return {(fk.table, fk.name): seen.orphans for fk, seen in found if fk and seen}


def _replaced(types: tuple[str, ...], new: list[str]) -> tuple[str, ...]:
    return tuple(after or now for now, after in zip(types, new, strict=False))


def new_type(changes: Changes, place: Place) -> str:
    return next((v.name for v in changes.get(place, ()) if isinstance(v, Type)), "")


def candidate(one: Candidate, changes: Changes) -> Candidate:
    place = one.table, one.column
    ours = new_type(changes, place)
    theirs = new_type(changes, (one.target, one.target_column))
    return replace(
        one,
        not_null=one.not_null or NotNull(not_null=True) in changes.get(place, ()),
        indexed=one.indexed or _leads(one.table, (one.column,), changes),
        type=ours or one.type,
        base_type=ours or one.base_type,
        target_type=theirs or one.target_type,
        target_now="" if theirs else one.target_now,
    )


def members(known: Mapping[Place, Member], changes: Changes) -> dict[Place, Member]:
    converted = {place: new for place in known if (new := new_type(changes, place))}
    rebuilt = {_identity(d) for place in converted for d in known[place].dependants}
    return {
        place: _member(member, converted.get(place, ""), rebuilt) for place, member in known.items()
    }


def _member(member: Member, new_type: str, rebuilt: set[tuple[str, str, Name]]) -> Member:
    if new_type:
        member = replace(member, type=new_type, collation="")
    if rebuilt & {_identity(d) for d in member.dependants}:
        member = replace(member, obstacles=(*member.obstacles, REBUILT))
    return member


def _identity(dependant: Dependant) -> tuple[str, str, Name]:
    return dependant.kind, dependant.name, dependant.relation
