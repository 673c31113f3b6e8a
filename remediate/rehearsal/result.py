"""What a rehearsal of any revision showed: what ran, what it locked, and what refutes it."""

from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import NamedTuple

from remediate.plans.proof import Inserts, Limit, Lock, Timing
from remediate.snapshots.tables import Name
from remediate.system.secrets import scrub

FORMAT = "remediate.rehearsal/1"
RAISED = "P0001"  # by RAISE EXCEPTION
ABORTED = "25P02"  # PostgreSQL refuses a statement: one before it failed in this transaction


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that a revision sent, and what came of it."""

    number: int  # in the revision; 0: Alembic's own, about its version table
    sql: str
    line: int  # of the revision's file, where it was sent from; 0: not from there
    sqlstate: str = ""  # "" where it ran
    message: str = ""  # PostgreSQL's
    detail: str = ""  # likewise, with its hint
    context: str = ""  # likewise: what it ran within the statement, innermost first
    alone: bool = False  # it failed outside of a transaction
    recovered: bool = False  # it failed, and a savepoint brought the transaction back
    seconds: float = 0
    rows: int = -1  # that it gave or changed; -1 where the driver does not say

    @property
    def is_select(self) -> bool:
        return self.sql.lstrip().upper().startswith(("SELECT", "WITH"))

    @property
    def failed(self) -> bool:
        return bool(self.sqlstate or self.message)


@dataclass(frozen=True)
class Run:
    """One way, up or down, as the scratch PostgreSQL saw it."""

    statements: tuple[Statement, ...] = ()
    locks: tuple[Lock, ...] = ()
    returned: bool = False  # the revision's own function came to its end
    failure: str = ""  # what ended the run; "" where it went through
    failure_line: int = 0  # of the revision's file
    failed_sql: bool = False  # a statement did; else Python, or the time was over
    meant: bool = False  # the revision itself raises it, or has no such function
    timed_out: bool = False
    printed: str = ""
    revision: str = ""  # the last that began

    @property
    def passed(self) -> bool:
        return self.returned and not self.failure

    @property
    def withheld(self) -> bool:
        """Whether the revision says that there is no such way."""
        if not self.failure or not self.errors:
            return self.meant
        return all(s.sqlstate == RAISED and "RAISE" in s.sql.upper() for s in self.errors)

    @cached_property
    def errors(self) -> tuple[Statement, ...]:
        """Statements that failed by themselves; what is refused after them is left out."""
        return tuple(s for s in self.statements if s.failed and s.sqlstate != ABORTED)

    @cached_property
    def refused(self) -> tuple[Statement, ...]:
        return tuple(s for s in self.statements if s.sqlstate == ABORTED and s.number)

    @cached_property
    def timings(self) -> tuple[Timing, ...]:
        return tuple(Timing(s.number, s.sql, s.seconds) for s in self.statements if s.number)

    @cached_property
    def number(self) -> int:
        """How many statements the revision sent."""
        return sum(1 for s in self.statements if s.number)


class Subject(Enum):
    """What is looked at, as it is called."""

    UPGRADE = "upgrade"
    APART = "each statement by itself"
    INSERTS = "INSERT without id"
    RULES = "rules"
    DOWNGRADE = "downgrade"
    AGAIN = "upgrade again"


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The upgrade, and how many statements it sent."""

    statements: int
    passed: bool = True
    subject = Subject.UPGRADE


@dataclass(frozen=True, slots=True)
class TakenApart:
    """An upgrade that fails once more, each statement by itself."""

    failing: int
    statements: int
    subject = Subject.APART


@dataclass(frozen=True, slots=True)
class Inserted:
    """INSERTs without id after the upgrade, in the tables that it touches."""

    tried: int
    working: int
    fixed: int  # of those: they failed before
    tables: int
    subject = Subject.INSERTS


@dataclass(frozen=True, slots=True)
class Judged:
    """How many findings of the rules the upgrade ends, and how many it brings."""

    gone: int
    new: int
    subject = Subject.RULES


class Return(Enum):
    """What a downgrade comes to."""

    SAME = auto()  # the same bytes from pg_dump as before
    ORDER = auto()  # the same but for the order of columns
    DIFFERENT = auto()
    FAILED = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Downgraded:
    """The way back."""

    to: Return
    subject = Subject.DOWNGRADE


@dataclass(frozen=True, slots=True)
class UpgradedAgain:
    """The upgrade after the downgrade."""

    passed: bool
    subject = Subject.AGAIN


@dataclass(frozen=True, slots=True)
class NotTried:
    """What an upgrade that fails leaves nothing to look at for."""

    subject: Subject


Check = Upgraded | TakenApart | Inserted | Judged | Downgraded | UpgradedAgain | NotTried


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing that is wrong with a revision."""

    name: str  # ERROR_SWALLOWED
    what: str
    evidence: str
    instead: str  # what to write, or to do
    file: str
    line: int = 0
    sql: str = ""  # of the statement that shows it

    def __post_init__(self) -> None:
        """Whatever is quoted passes here on its way out."""
        for name in ("what", "evidence", "instead", "sql"):
            object.__setattr__(self, name, scrub(getattr(self, name)))


class Grade(Enum):
    """How far a downgrade leads back."""

    EXACT = "exact"
    SCHEMA = "schema"  # it is as before; of values, nobody knows it
    COLUMN_ORDER = "column_order"
    LOSSY = "lossy"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Lost:
    """Values that do not come back: of a column, or the rows of a table."""

    table: Name
    column: str = ""  # "" for all of them
    statement: int = 0  # of the upgrade, that does it; 0: they are dropped
    there: bool = True  # the database that is read holds some
    verb: str = "deletes"


@dataclass(frozen=True, slots=True)
class WayBack:
    """What the downgrade of a revision is worth."""

    grade: Grade
    reason: str = ""  # why there is none
    lost: tuple[str, ...] = ()  # statements of pg_dump that are missing afterwards
    left: tuple[str, ...] = ()  # that were not there before
    reordered: tuple[str, ...] = ()  # tables whose columns are in another order
    values: tuple[Lost, ...] = ()


class NotShown(NamedTuple):
    """One thing that depends on rows of the database."""

    what: str  # "whether the rows of public.users fit (unique (email))"
    why: str  # it is not known


@dataclass(frozen=True, slots=True)
class Shown:
    """What holds of that which a generated revision promises, and what is not known."""

    inserts: Inserts | None = None  # None: no key is repaired
    constraints: int = 0  # that refuse an unknown id after the upgrade
    rows: int = 0  # made up, whose values the downgrade gave back
    selects: int = 0  # relations that were read before and after
    refusal: str = ""  # of the downgrade, where ids have outgrown the former type
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A revision, and what became of it."""

    revision: str
    file: str
    title: str
    checks: tuple[Check, ...] = ()
    defects: tuple[Defect, ...] = ()  # each refutes it
    hazards: tuple[Defect, ...] = ()  # that the run did not show to be wrong
    locks: tuple[Lock, ...] = ()
    statements: int = 0
    repairs: tuple[str, ...] = ()  # findings that are gone after it
    after: str = ""  # a revision that fails, which it follows: it was not rehearsed
    reason: str = ""  # why that one fails, or why this one was not judged
    applies: bool = True  # its upgrade went through, and stands
    timings: tuple[Timing, ...] = ()
    shown: Shown = field(default_factory=Shown)
    way_back: WayBack | None = None  # None where it was not tried, or fails
    sent: tuple[Statement, ...] = field(default=(), repr=False)  # by its upgrade
    not_shown: tuple[NotShown, ...] = ()

    @property
    def proven(self) -> bool:
        return not self.defects and not self.after and not self.reason

    @property
    def ran(self) -> bool:
        """Whether its first upgrade went through, whatever its downgrade left behind."""
        return any(isinstance(check, Upgraded) and check.passed for check in self.checks)


@dataclass(frozen=True, slots=True)
class Start:
    """The state before the first of them: that of the database, or what earlier revisions make."""

    heads: tuple[str, ...] = ()  # of the database
    earlier: int | None = None  # revisions that were run on an empty database
    back: int = 0  # revisions of the database that were taken back


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All revisions that were asked for, in the order in which they ran."""

    database: str
    server: str
    start: Start
    revisions: tuple[Rehearsed, ...]
    graph: tuple[Defect, ...] = ()  # of no single revision among them
    limits: tuple[Limit, ...] = ()  # what of the state before could not be laid
    heads: int = 1  # that the project has
    to_stamp: tuple[str, ...] = ()  # of the revisions: done by psql, and not recorded

    @property
    def proven(self) -> bool:
        return all(r.proven for r in self.revisions) and not self.graph
