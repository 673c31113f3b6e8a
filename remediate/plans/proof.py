"""What a rehearsal proved of a revision, and what it could not show."""

from dataclasses import dataclass
from enum import Enum, auto

from remediate.snapshots.tables import Name


class Gap(Enum):
    """Why something was not rehearsed as it is in the live database."""

    OTHER_VERSION = auto()  # the database runs another major version of PostgreSQL
    NOT_LAID = auto()  # the scratch server refused a command of the dump
    WITHOUT_ROWS = auto()
    KEY_ALONE = auto()  # the table could not be laid, but for its key
    INSERT_UNTRIED = auto()  # without id: something else refuses the row
    INSERT_CLEARED = auto()  # likewise, until that was out of the way
    SELECT_UNTRIED = auto()
    REFERENCE_UNTRIED = auto()  # an unknown id: something else refuses the row
    FILLED_BY_APPLICATION = auto()
    NOT_FROM_BASE = auto()  # the project's revisions do not run on an empty database
    LEFT_IN_ENV = auto()  # env.py alone has it, which a rehearsal does not run
    AS_MODELED = auto()  # a rule warns of a new table, which is as its model says
    OTHER_SCHEMAS = auto()  # that the same text repairs
    OTHER_DATABASES = auto()  # the revision is for these as well
    EVENT_TRIGGER = auto()  # it belongs to no table, and is not laid


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that a rehearsal could not show."""

    gap: Gap
    subject: Name | str  # a relation, a command of the dump, an event trigger, or databases
    reason: str = ""  # PostgreSQL's, or a rule's; of an event trigger, when it fires
    role: str = ""  # that inserts
    constraint: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """The strongest lock on a relation, and the statements during which it was held."""

    relation: Name
    mode: str  # ACCESS EXCLUSIVE
    since: int  # number of the statement that took it
    until: int
    rewritten: bool = False


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a statement of the upgrade took on the scratch server, with its few rows."""

    number: int
    sql: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Met:
    """What INSERTs without id met before the upgrade, and in how many tables."""

    sqlstate: str  # "" where they were accepted
    tables: int


@dataclass(frozen=True, slots=True)
class Inserts:
    """INSERTs without id, before and after the upgrade."""

    before: tuple[Met, ...]
    tables: int  # in which they work afterwards; 0: nothing was shown
    roles: tuple[str, ...]
    of: int  # tables in which they are to work
    fresh: int = 0  # tables with rows, or empty ones, in which each id lay beyond all others


@dataclass(frozen=True, slots=True)
class Proof:
    """An upgrade, its downgrade and the upgrade again that went through, and what they showed."""

    server: str  # on which it ran
    source: str  # whose schema it was
    tables: int  # in which the rules find nothing of it afterwards
    inserts: Inserts | None = None  # None: no key is repaired
    constraints: int = 0  # that refuse an unknown id after the upgrade
    rows: int = 0  # made up, whose values the downgrade gave back
    selects: int = 0  # relations that roles read before and after
    refusal: str = ""  # PostgreSQL's, where ids had outgrown the former type; "": not to be met
    locks: tuple[Lock, ...] = ()
    timings: tuple[Timing, ...] = ()
    limits: tuple[Limit, ...] = ()

    @property
    def references(self) -> int:
        """Constraints that are to refuse an unknown id."""
        return self.constraints + len(self.of(Gap.REFERENCE_UNTRIED))

    def of(self, *gaps: Gap) -> tuple[Limit, ...]:
        """What was not shown for these reasons."""
        return tuple(limit for limit in self.limits if limit.gap in gaps)
