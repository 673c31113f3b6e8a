"""Which key each column means, and who says so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from remediate.analysis.grounds import Grounds, grounds
from remediate.analysis.inference import CLEAR
from remediate.analysis.matching import is_external, is_polymorphic, match, parents
from remediate.analysis.names import keeps_old_ids
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate
from remediate.snapshots.tables import Name


class By(StrEnum):
    """Who says that a column means a key, the surest first."""

    FOREIGN_KEY = "foreign key"
    MODELS = "models"
    SETTING = "setting"
    DATA = "values"
    NAME = "name alone"  # which proves nothing

    @property
    def is_sure(self) -> bool:
        """Whether more than a name speaks for it."""
        return self is not By.NAME


@dataclass(frozen=True, slots=True)
class Meaning:
    """The key that a column means."""

    by: By
    target: Name
    column: str


def meanings(live: Live, declared: Declared) -> dict[tuple[Name, str], Meaning]:
    """Of every column that is known, or seems, to mean a key: the surest word about it."""
    found: dict[tuple[Name, str], Meaning] = {}
    for place, meaning in _all(live, declared):
        found.setdefault(place, meaning)
    return found


def of_old_ids(live: Live, columns: Iterable[tuple[Name, str]]) -> dict[tuple[Name, str], Meaning]:
    """What the columns of logs and histories mean by their names alone.

    Rules leave them alone, as their ids may be older than every row.
    """
    keys = {t.name: t for t in live.tables if t.single_key and t.partition_of is None}
    named, places = parents(keys), [c for c in columns if keeps_old_ids(c[0])]
    beside: dict[Name, list[str]] = {}
    for table, column in places:
        beside.setdefault(table, []).append(column)
    found = {place: match(*place, named) for place in places}
    return {
        (table, column): Meaning(By.NAME, meant.target, keys[meant.target].identifying[0])
        for (table, column), meant in found.items()
        if meant and meant.target != table and meant.strength >= CLEAR
        if not is_polymorphic(column, beside[table])
        if not is_external(column, meant.target.name)
    }


def _all(live: Live, declared: Declared) -> Iterator[tuple[tuple[Name, str], Meaning]]:
    for by, keys in ((By.FOREIGN_KEY, live.foreign_keys), (By.MODELS, declared.foreign_keys)):
        for fk in keys:
            for column, key in zip(fk.columns, fk.target_columns, strict=True):
                yield (fk.table, column), Meaning(by, fk.target, key)
    for one in live.candidates:
        if by_ := _by(one):
            yield (one.table, one.column), Meaning(by_, one.target, one.target_column)


def _by(candidate: Candidate) -> By | None:
    match grounds(candidate):
        case Grounds.SETTING:
            return By.SETTING
        case Grounds.MODEL | Grounds.MODEL_TYPE:
            return By.MODELS
        case Grounds.DATA:
            return By.DATA
    return By.NAME if candidate.strength >= CLEAR and not candidate.external else None
