"""What a rehearsal of any revision showed: what ran, what it locked, and what refutes it."""

from dataclasses import dataclass
from functools import cached_property

from remediate.plans.plan import Check
from remediate.snapshots.tables import Name

FORMAT = "remediate.rehearsal/1"
ABORTED = "25P02"  # PostgreSQL refuses a statement: one before it failed in this transaction


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that a revision sent, and what came of it."""

    number: int  # in the revision; 0: Alembic's own, about its version table
    sql: str
    line: int  # of the revision's file, where it was sent from; 0: not from there
    sqlstate: str = ""  # "" where it ran
    message: str = ""  # PostgreSQL's
    alone: bool = False  # it failed outside of a transaction
    recovered: bool = False  # it failed, and a savepoint brought the transaction back

    @property
    def failed(self) -> bool:
        return bool(self.sqlstate or self.message)


@dataclass(frozen=True, slots=True)
class Lock:
    """The strongest lock on a relation, and the statements during which it was held."""

    relation: Name
    mode: str  # ACCESS EXCLUSIVE
    since: int  # number of the statement that took it
    until: int
    rewritten: bool = False


@dataclass(frozen=True)
class Run:
    """One way, up or down, as the scratch PostgreSQL saw it."""

    statements: tuple[Statement, ...] = ()
    locks: tuple[Lock, ...] = ()
    returned: bool = False  # the revision's own function came to its end
    failure: str = ""  # what ended the run; "" where it went through
    failure_line: int = 0  # of the revision's file
    failed_sql: bool = False  # a statement did; else Python, or the time was over
    timed_out: bool = False
    printed: str = ""

    @property
    def passed(self) -> bool:
        return self.returned and not self.failure

    @cached_property
    def errors(self) -> tuple[Statement, ...]:
        """Statements that failed by themselves; what is refused after them is left out."""
        return tuple(s for s in self.statements if s.failed and s.sqlstate != ABORTED)

    @cached_property
    def refused(self) -> tuple[Statement, ...]:
        return tuple(s for s in self.statements if s.sqlstate == ABORTED and s.number)

    @cached_property
    def number(self) -> int:
        """How many statements the revision sent."""
        return sum(1 for s in self.statements if s.number)


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
    skipped: str = ""  # why it was not rehearsed
    applies: bool = True  # its upgrade went through, and stands

    @property
    def proven(self) -> bool:
        return not self.defects and not self.skipped


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All revisions that were asked for, in the order in which they ran."""

    database: str
    server: str
    start: str  # the state before the first of them, in words
    revisions: tuple[Rehearsed, ...]
    graph: tuple[Defect, ...] = ()  # of no single revision among them
    limits: tuple[str, ...] = ()  # what of the state before could not be laid

    @property
    def proven(self) -> bool:
        return all(r.proven for r in self.revisions) and not self.graph
