"""What would be done about a finding: steps with their inverses, or the reason why none fit."""

from dataclasses import dataclass
from enum import StrEnum

from remediate.schema import Name


class Lock(StrEnum):
    """PostgreSQL's table-level lock modes that steps take, weakest first."""

    NONE = ""
    ACCESS_SHARE = "ACCESS SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def strength(self) -> int:
        return list(Lock).index(self)


class Hazard(StrEnum):
    """What a person must know before a step runs."""

    EXPLICIT_IDS = "EXPLICIT_IDS"
    MODEL_IDENTITY = "MODEL_IDENTITY"
    ACCESS_EXCLUSIVE_REWRITE = "ACCESS_EXCLUSIVE_REWRITE"
    PREPARED_STATEMENTS = "PREPARED_STATEMENTS"
    NARROW_DOWNGRADE = "NARROW_DOWNGRADE"
    MODEL_TYPE = "MODEL_TYPE"


HAZARD_TEXT = {
    Hazard.EXPLICIT_IDS: "stop code that passes ids itself first (or leave --headroom): "
    "ids it passes later collide with generated ones",
    Hazard.MODEL_IDENTITY: "say Identity() in the model in the same deploy: without it "
    "`alembic check` reports the identity for ever",
    Hazard.ACCESS_EXCLUSIVE_REWRITE: "the tables are rewritten while nobody can use them: "
    "about 2.4 s for a million rows",
    Hazard.PREPARED_STATEMENTS: "recycle pooled connections afterwards: statements that they "
    "prepared before fail (0A000, cached plan must not change result type)",
    Hazard.MODEL_TYPE: "say BigInteger in the models of these columns in the same deploy",
    Hazard.NARROW_DOWNGRADE: "once ids are larger than the old type holds, the downgrade refuses",
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


class Fact(StrEnum):
    """What the guard compares of a column, or of a sequence, with what the plan saw."""

    TYPE = "type"
    OWNER = "owner"
    DEFAULT = "default"
    OWNED_BY = "owned by"
    RANGE = "range"
    INCREMENT = "increment"
    CYCLE = "cycle"
    LOGGED = "logged"
    USERS = "users"


@dataclass(frozen=True, slots=True)
class State:
    """A fact before the upgrade, and before the downgrade."""

    fact: Fact
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be so of a column, or (column "") of a sequence, for a script to start."""

    relation: Name
    column: str
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """A lock that a script takes before anything else."""

    relation: Name
    lock: Lock = Lock.ACCESS_EXCLUSIVE
    sequence: bool = False  # LOCK TABLE refuses these


@dataclass(frozen=True, slots=True)
class Remedy:
    """The ordered steps for a finding, with what must be locked and checked before the first."""

    title: str
    undo: str
    steps: tuple[Step, ...]
    holds: tuple[Hold, ...]
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Manual:
    """No steps: a person has to decide, for this reason."""

    reason: str
