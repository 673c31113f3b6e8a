"""What would be done about a finding: steps with their inverses, or the reason why none fit."""

from dataclasses import dataclass
from enum import StrEnum

from remediate.schema import Name


class Lock(StrEnum):
    """PostgreSQL's table-level lock modes that steps take."""

    NONE = ""
    ACCESS_SHARE = "ACCESS SHARE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"


class Hazard(StrEnum):
    """What a person must know before a step runs."""

    EXPLICIT_IDS = "EXPLICIT_IDS"


HAZARD_TEXT = {
    Hazard.EXPLICIT_IDS: "stop code that passes ids itself first (or leave --headroom): "
    "ids it passes later collide with generated ones",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One statement, its inverse, and the lock it takes.

    An empty `down` means that the inverse of an earlier step undoes this one too, or that there
    is nothing to undo.
    """

    up: str
    down: str
    lock: Lock
    relation: Name
    transactional: bool = True
    hazards: tuple[Hazard, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a column must look like before the upgrade, and before the downgrade."""

    table: Name
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """The ordered steps for a finding, with what must be locked and checked before the first."""

    title: str
    undo: str
    steps: tuple[Step, ...]
    acquire: tuple[str, ...]  # statements that take the locks, in this order
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Manual:
    """No steps: a person has to decide, for this reason."""

    reason: str
