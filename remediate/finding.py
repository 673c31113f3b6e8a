"""What is wrong: the values that a rule returns, and the rule itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from remediate.remedy import Manual, Remedy
from remediate.schema import Name, Snapshot, Source
from remediate.sql import quote


class Severity(StrEnum):
    ERROR = "error"  # a plain INSERT fails now, or provably soon
    WARNING = "warning"  # it will fail, or hides a hazard
    INFO = "info"  # more often right than wrong


class Confidence(StrEnum):
    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def severity(self) -> Severity:
        """How much a finding of this confidence weighs where the defect itself breaks INSERT."""
        return {
            Confidence.PROVEN: Severity.ERROR,
            Confidence.LIKELY: Severity.WARNING,
            Confidence.POSSIBLE: Severity.INFO,
        }[self]


@dataclass(frozen=True, slots=True)
class Place:
    """A column, a table, or (both None) the database as a whole."""

    table: Name | None = None
    column: str | None = None

    def __str__(self) -> str:
        if self.table is None:
            return "database"
        return f"{self.table}.{quote(self.column)}" if self.column else str(self.table)


@dataclass(frozen=True, slots=True)
class Finding:
    """One occurrence of a defect. `message` is the sentence that the rule makes of `facts`."""

    rule: str
    name: str
    place: Place
    severity: Severity
    confidence: Confidence
    message: str
    facts: Mapping[str, object] = field(hash=False)  # JSON values only
    model: Source | None = None

    @property
    def id(self) -> str:
        """Stable: made from names, so that it survives a restore."""
        return f"{self.rule}:{self.place}"


@dataclass(frozen=True, slots=True)
class Healthy:
    """A place that the rule looked at and left alone, and why."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Unverified:
    """A fact that could not be read, and what it would take."""

    place: Place
    reason: str


Verdict = Finding | Healthy


@dataclass(frozen=True, slots=True)
class Options:
    """What the user decided that a rule has to know."""

    named: frozenset[Name] = frozenset()  # tables that were asked for by --table
    generated_keys: str = ""  # "database" or "application": the answer for the whole database
    headroom: int = 0  # ids left free above the highest one


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of defect: finds it in the snapshots, and knows its remedy."""

    code: str
    name: str
    summary: str
    page: str  # what `remediate explain` prints
    find: Callable[[Snapshot, Snapshot, Options], tuple[Verdict, ...]]
    remedy: Callable[[Finding, Snapshot, Options], Remedy | Manual]
