"""Columns of one name in several tables, of several types, and what each of them means."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from remediate.analysis.audit.meanings import Meaning, meanings, of_old_ids
from remediate.analysis.matching import configured_for
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import family_of
from remediate.snapshots.structure import ColumnShape, Structure
from remediate.snapshots.tables import Location, Name

_CALLED_AS_REFERENCE = re.compile(r".+(?:_(?:id|uuid|guid|fk|oid)|[a-z](?:Id|ID|Uuid|UUID))")


class Kind(StrEnum):
    """Why a name matters, the most first."""

    KEY = "key"  # one of its columns means a key
    REFERENCE = "reference"  # it is called like a reference, and no key is known that it means
    OTHER = "other"  # neither; or its types differ in length alone


@dataclass(frozen=True, slots=True)
class Use:
    """A column of the name."""

    table: Name
    type: str
    base_type: str
    own_key: bool  # it is the primary key of its table, alone
    meaning: Meaning | None  # None: nothing is known
    no_key: bool  # the settings say that it means none
    model_type: str  # "" where no model has it
    model: Location | None


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A name with all of its columns."""

    name: str
    kind: Kind
    uses: tuple[Use, ...]

    @property
    def by_type(self) -> dict[str, list[Use]]:
        """The columns of each type, the most common type first."""
        found: dict[str, list[Use]] = {}
        for use in self.uses:
            found.setdefault(use.type, []).append(use)
        return dict(sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])))


@dataclass(frozen=True, slots=True)
class Names:
    """The names that have several types, those that mean a key first."""

    compared: int  # names that several tables have
    several: tuple[ColumnName, ...]

    def of(self, kind: Kind) -> tuple[ColumnName, ...]:
        """Those of a kind."""
        return tuple(one for one in self.several if one.kind is kind)


def names(
    live: Live,
    declared: Declared,
    structure: Structure,
    inside: Callable[[Name], bool],
    configured: Mapping[str, str] = {},
) -> Names:
    """Of the tables inside: every name of columns in two of them, where the types differ.

    `configured` are the settings that tell which table a column means.
    """
    columns: dict[str, list[ColumnShape]] = {}
    for column in structure.columns:
        if inside(column.table):
            columns.setdefault(column.name, []).append(column)
    shared = [found for found in columns.values() if len(found) > 1]
    places = [(column.table, column.name) for column in structure.columns]
    read = _Known(
        live,
        declared,
        of_old_ids(live, places) | meanings(live, declared),
        frozenset(p for p in places if configured_for(*p, configured) == ""),
    )
    several = _several(shared, read)
    ranks = list(Kind)
    ordered = sorted(several, key=lambda one: (ranks.index(one.kind), -len(one.uses), one.name))
    return Names(len(shared), tuple(ordered))


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read, and what each column means."""

    live: Live
    declared: Declared
    meanings: Mapping[tuple[Name, str], Meaning]
    no_keys: frozenset[tuple[Name, str]]


def _several(shared: Iterable[list[ColumnShape]], known: _Known) -> Iterator[ColumnName]:
    for columns in shared:
        if len({column.type for column in columns}) > 1:
            uses = tuple(_use(column, known) for column in columns)
            yield ColumnName(columns[0].name, _kind(columns[0].name, uses), uses)


def _use(column: ColumnShape, known: _Known) -> Use:
    place = (column.table, column.name)
    meaning, decided = known.meanings.get(place), place in known.no_keys
    return Use(
        *(column.table, column.type, column.base_type),
        own_key=known.live.table_of[column.table].key == (column.name,),
        meaning=None if decided and meaning and not meaning.by.is_sure else meaning,
        no_key=decided,
        model_type=known.declared.types.get(place, ""),
        model=known.declared.sources.get(place),
    )


def _kind(name: str, uses: Iterable[Use]) -> Kind:
    uses = tuple(uses)
    if any(use.meaning and use.meaning.by.is_sure for use in uses):
        return Kind.KEY if len({use.base_type for use in uses}) > 1 else Kind.OTHER
    families = {family_of(use.base_type) for use in uses}
    differ = len(families) > 1 and _CALLED_AS_REFERENCE.fullmatch(name)
    return Kind.REFERENCE if differ else Kind.OTHER
