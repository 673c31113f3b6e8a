"""Which key each column means, and who says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from remediate.analysis.grounds import Grounds, grounds
from remediate.analysis.inference import CLEAR
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
