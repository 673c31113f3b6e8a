"""Every column of a foreign key, good ones too: code, revisions and database side by side."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from remediate.analysis.audit.meanings import By, Meaning, meanings
from remediate.analysis.audit.past import Past
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey, family_of
from remediate.snapshots.structure import Structure
from remediate.snapshots.tables import INTEGER_MAX, Location, Name

Column = tuple[Name, str]


class Verdict(StrEnum):
    """How a reference is, in a word or two; the gravest first."""

    MISTYPED = "mistyped"  # its type forbids a foreign key
    NO_CONSTRAINT = "no constraint"
    NARROWER = "too narrow"
    CAST = "compared by cast"
    NOT_VALID = "not validated"
    NO_TABLE = "no table"  # only models have it
    MODEL_DIFFERS = "model differs"
    REVISION_DIFFERS = "revision differs"
    WIDER = "wider"
    AGREES = "agrees"


@dataclass(frozen=True, slots=True)
class Side:
    """What code or revisions tell of a column."""

    type: str  # "" where that is not known
    target: Name | None = None
    target_column: str = ""
    source: Location | None = None


@dataclass(frozen=True, slots=True)
class Rival:
    """What another MetaData tells of the same column."""

    metadata: str
    type: str
    source: Location | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database has."""

    type: str
    constraint: str  # "" where there is none
    valid: bool
    enforced: bool
    on_delete: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that means a key."""

    table: Name
    column: str
    target: Name
    target_column: str
    key_type: str  # "" where there is no such key
    by: By
    model: Side | None
    rivals: tuple[Rival, ...]  # of a table that several MetaData declare
    revision: Side | None
    database: Stored | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class References:
    """All of them, those that are wrong first, and what was not to be had."""

    references: tuple[Reference, ...]
    revisions: int  # that were read

    def counted(self) -> dict[Verdict, int]:
        """How many there are of each verdict, in the order of gravity."""
        verdicts = [one.verdict for one in self.references]
        return {v: verdicts.count(v) for v in Verdict if v in verdicts}


def references(
    live: Live,
    declared: Declared,
    structure: Structure,
    past: Past,
    inside: Callable[[Name], bool],
) -> References:
    """Every column of the tables inside that a foreign key, models, a setting or data speak for."""
    known = meanings(live, declared)
    stored = {(fk.table, c): fk for fk in reversed(live.foreign_keys) for c in fk.columns}
    sides = _Sides(live, declared, structure, past, stored, _targets(declared))
    found = [
        sides.of(place, meaning)
        for place, meaning in known.items()
        if meaning.by.is_sure and inside(place[0])
    ]
    ranks = list(Verdict)
    ordered = sorted(found, key=lambda r: (ranks.index(r.verdict), r.target, r.table, r.column))
    return References(tuple(ordered), past.revisions)


@dataclass(frozen=True, slots=True)
class _Sides:
    live: Live
    declared: Declared
    structure: Structure
    past: Past
    stored: dict[Column, ForeignKey]
    declared_targets: dict[Column, Column]

    def of(self, place: Column, meaning: Meaning) -> Reference:
        key = self.structure.column_of.get((meaning.target, meaning.column))
        model, revision, database = self._model(place), self._revision(place), self._stored(place)
        rivals = tuple(self._rivals(place))
        sides = _Models(model, tuple(rival.type for rival in rivals))
        return Reference(
            *place, meaning.target, meaning.column, key.type if key else "", meaning.by,
            model, rivals, revision, database, self._verdict(place, meaning, sides, revision),
        )  # fmt: skip

    def _model(self, place: Column) -> Side | None:
        target = self.declared_targets.get(place)
        source = self.declared.source_of(*place)
        return _side(self.declared.types.get(place, ""), target, source)

    def _rivals(self, place: Column) -> Iterator[Rival]:
        """The first declaration is the one that counts elsewhere."""
        table, column = place
        for duplicate in self.declared.duplicates:
            for one in duplicate.declarations[1:] if duplicate.table == table else ():
                if type_ := dict(one.columns).get(column):
                    yield Rival(one.metadata, type_, one.source)

    def _revision(self, place: Column) -> Side | None:
        made = self.past.tables.get(place[0])
        target = self.past.targets.get(place)
        return _side(self.past.types.get(place, ""), target, made.source if made else None)

    def _stored(self, place: Column) -> Stored | None:
        column, fk = self.structure.column_of.get(place), self.stored.get(place)
        if column is None:
            return None
        if fk is None:
            return Stored(column.type, "", valid=False, enforced=False, on_delete="")
        return Stored(column.type, fk.name, fk.validated, fk.enforced, fk.on_delete)

    def _verdict(
        self, place: Column, meaning: Meaning, models: "_Models", revision: Side | None
    ) -> Verdict:
        column = self.structure.column_of.get(place)
        if column is None:
            return Verdict.NO_TABLE
        fk = self.stored.get(place)
        if fk is None:
            key = self.structure.column_of.get((meaning.target, meaning.column))
            fits = key is None or family_of(column.base_type) == family_of(key.base_type)
            return Verdict.NO_CONSTRAINT if fits else Verdict.MISTYPED
        return (
            _of_constraint(fk, place[1])
            or _of_sides(fk, place[1], column.base_type, models, revision)
            or (Verdict.WIDER if place[1] in dict(fk.wider) else Verdict.AGREES)
        )


@dataclass(frozen=True, slots=True)
class _Models:
    """What the models tell of a column, and those of another MetaData."""

    first: Side | None
    others: tuple[str, ...]  # types

    def differ(self, type_: str, fk: ForeignKey, column: str) -> bool:
        """Also where they have the column and no reference: Alembic would drop the constraint."""
        first = self.first
        if first and (first.target is None or _differs(first, type_, fk, column)):
            return True
        return any(not _same(other, type_) for other in self.others)


def _side(type_: str, target: Column | None, source: Location | None) -> Side | None:
    """None where nothing is known of the column."""
    if target is None:
        return Side(type_, source=source) if type_ else None
    return Side(type_, *target, source=source)


def _targets(declared: Declared) -> dict[Column, Column]:
    return {
        (fk.table, column): (fk.target, key)
        for fk in reversed(declared.foreign_keys)
        for column, key in zip(fk.columns, fk.target_columns, strict=True)
    }


def _of_constraint(fk: ForeignKey, column: str) -> Verdict | None:
    if column in dict(fk.narrower):
        return Verdict.NARROWER
    if column in dict(fk.coerced):
        return Verdict.CAST
    return None if fk.validated else Verdict.NOT_VALID


def _of_sides(
    fk: ForeignKey, column: str, type_: str, models: _Models, revision: Side | None
) -> Verdict | None:
    if models.differ(type_, fk, column):
        return Verdict.MODEL_DIFFERS
    differs = revision is not None and _differs(revision, type_, fk, column)
    return Verdict.REVISION_DIFFERS if differs else None


def _differs(side: Side, type_: str, fk: ForeignKey, column: str) -> bool:
    """Whether it tells another type or target than the database has; what it leaves out is none."""
    other_type = bool(side.type) and not _same(side.type, type_)
    target = (side.target, side.target_column)
    return other_type or (side.target is not None and target != fk.target_of(column))


def _same(one: str, other: str) -> bool:
    one, other = one.partition("(")[0], other.partition("(")[0]
    if one in INTEGER_MAX or other in INTEGER_MAX:
        return one == other
    return family_of(one) == family_of(other)
