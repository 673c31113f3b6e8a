"""What is wrong: the values that a rule returns, and the rule itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from remediate.findings.alternative import Offer
from remediate.findings.effects import (
    OF_FAMILY,
    Aim,
    ErrorKind,
    Family,
    Inserts,
    Leaves,
    Outlook,
    RepairBy,
    Symptom,
    When,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.postgres.sql import quote
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Location, Name, Table

ROWS_REWRITTEN = 100_000  # at most, in one short lock, unless somebody decides otherwise


class Severity(StrEnum):
    ERROR = "error"  # a plain INSERT fails now, or provably soon
    WARNING = "warning"  # it will fail, or hides a hazard
    INFO = "info"  # worth knowing; may be meant so


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


class Tier(StrEnum):
    """How much a finding matters, the most first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        return list(Tier).index(self)


class ColumnPlace(NamedTuple):
    """A column of a table."""

    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class Place:
    """A constraint, a column, a table, or (all None) the database as a whole.

    Or else something of the project: a MetaData, a revision, a file.
    """

    table: Name | None = None
    column: str | None = None
    constraint: str | None = None  # a column of its own may be named too
    subject: str | None = None  # of the project

    @property
    def at_column(self) -> ColumnPlace:
        """The column; raises LookupError where the place names none."""
        if self.table is None or self.column is None:
            raise LookupError(f"{self} is no column")
        return ColumnPlace(self.table, self.column)

    def __str__(self) -> str:
        if self.table is None:
            return self.subject or "database"
        part = self.constraint or self.column
        return f"{self.table}.{quote(part)}" if part else str(self.table)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule found out about a place: the fields of the class that the rule declares.

    A field that is `Facts` itself is a part: in JSON its fields stand among the others.
    """

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """Schema, table and columns of each place, where one finding speaks of many."""
        return ()


def id_parts(id_: str) -> tuple[str, str]:
    """The rule and the place that the id of a finding names."""
    rule, _, place = id_.partition(":")
    return rule, place


@dataclass(frozen=True, slots=True)
class Finding:
    """One occurrence of a defect. `message` is the sentence that the rule makes of `facts`."""

    rule: str
    name: str
    place: Place
    severity: Severity
    confidence: Confidence
    message: str
    facts: Facts
    model: Location | None = None
    query: str = ""  # the rule's, once it was asked

    @property
    def id(self) -> str:
        """Stable: made from names, so that it survives a restore."""
        return f"{self.rule}:{self.place}"

    @property
    def predicate(self) -> str:
        """The message without the place with which it begins: places of one kind share it."""
        return self.message.removeprefix(str(self.place)).lstrip(": ")


@dataclass(frozen=True, slots=True)
class Healthy:
    """A place that the rule looked at and left alone, and why."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Unverified:
    """A place about which a fact is not known: why, and what would verify it."""

    place: Place
    reason: str
    verify: str  # SQL to run as a role that may, or words
    read: bool = False  # all that there is: it does not tell


Verdict = Finding | Healthy | Unverified


@dataclass(frozen=True, slots=True)
class Options:
    """What the user decided that a rule has to know."""

    named: frozenset[Name] = frozenset()  # tables that were asked for by --table
    schemas: tuple[str, ...] = ()  # globs of those that were asked for by --schema; (): all
    selected: frozenset[str] = frozenset()  # codes of rules that were asked for by --select
    left_out: frozenset[Name] = frozenset()  # tables that the project keeps out of Alembic's sight
    generated_keys: str = ""  # "database" or "application": the answer for the whole database
    headroom: int = 0  # ids left free above the highest one
    identity: bool = False  # GENERATED BY DEFAULT AS IDENTITY instead of a sequence default
    uuid: str = "v4"  # or "v7": which default uuid keys get
    offline_window: bool = False  # tables of any size may be rewritten under a lock
    rows_rewritten: int = ROWS_REWRITTEN  # of all tables of a key together
    values: str = "stop"  # or "null": what becomes of values that do not convert
    orphans: str = "stop"  # or "null", "keep": what becomes of values without a parent
    on_delete: str = ""  # of new constraints, where the models say nothing
    right: Mapping[str, str] = field(default_factory=dict, hash=False)  # see `right_side`


def by_severity(finding: Finding, _live: Live) -> Outlook:
    """The outlook that the severity implies."""
    return Outlook(_BY_SEVERITY[finding.severity])


def in_the_project(_finding: Finding) -> str:
    """No query: what is found is in the project's files, and the finding names file and line."""
    return ""


_BY_SEVERITY = {
    Severity.ERROR: When.NOW,
    Severity.WARNING: When.SOON,
    Severity.INFO: When.SOME_DAY,
}


Ask = Callable[[Options], Remedy | Manual]  # the remedy, had these options been chosen


def no_offer(_finding: Finding, _live: Live, _options: Options, _ask: Ask) -> tuple[Offer, ...]:
    """Of a defect that has one repair."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of defect: it is found, understood and repaired by what stands here.

    A field without default is one where a default would be a claim that nobody made.
    """

    code: str
    name: str
    family: Family
    summary: str
    page: str  # what `remediate explain` prints
    find: Callable[[Live, Declared, Options], tuple[Verdict, ...]]
    remedy: Callable[[Finding, Live, Options], Remedy | Manual]
    # Read-only SQL that shows a finding: rows while it holds, none once it is repaired; "" where
    # the project's files show it: `in_the_project`.
    query: Callable[[Finding], str]
    stops: Inserts
    symptom: Symptom | None  # the error that users see; None where there is none of its own
    # The errors of which it is a cause, each with its place among their causes: 1 is the likeliest.
    errors: Mapping[ErrorKind, int] = field(hash=False)
    leaves: Leaves  # what a repair leaves there
    facts: tuple[type[Facts], ...]  # what its findings hold: mostly of one kind
    provable: bool  # on a scratch PostgreSQL, a repair is seen to have left nothing of it
    worst: Severity = Severity.WARNING  # of what it finds
    by_hand: bool = False  # whatever it finds, a person repairs it
    outlook: Callable[[Finding, Live], Outlook] = by_severity
    offers: Callable[[Finding, Live, Options, Ask], tuple[Offer, ...]] = no_offer
    against: tuple[Aim, ...] = ()  # (): the aim of its family
    unfilled_at: frozenset[Severity] = frozenset()  # nothing generates the key at such a place
    patches_models: bool = False  # its facts say what the model is to say
    reads_others: bool = False  # what is found at a place depends on other tables, too
    asked_for: bool = False  # only found where --select names it
    called: str = ""  # what reports call it: a regular expression for a line, in any case
    by_name: bool = False  # its repair is a choice: `--approve all` leaves it, its name does not
    alone: str = ""  # "models", "revisions" or "secrets": enough to find it, without a database

    @property
    def aims(self) -> tuple[Aim, ...]:
        """What does not hold where it finds something."""
        return self.against or (OF_FAMILY[self.family],)

    @property
    def repair(self) -> RepairBy:
        """Who repairs what it finds, where anybody can."""
        if self.by_name:
            return RepairBy.CHOICE
        return RepairBy.HAND if self.by_hand else RepairBy.REVISION

    @property
    def of_reference(self) -> bool:
        """Whether it is about a column that references another table."""
        return self.family is Family.REFERENCES or self.leaves.is_reference


def column_finding(
    rule: Rule,
    table: Table,
    column: Column,
    weight: tuple[Severity, Confidence],
    facts: Facts,
    message: str,
    declared: Declared,
) -> Finding:
    """A finding of this rule at a column."""
    return finding_at(rule, Place(table.name, column.name), weight, facts, message, declared)


def finding_at(
    rule: Rule,
    place: Place,
    weight: tuple[Severity, Confidence],
    facts: Facts,
    message: str,
    declared: Declared,
) -> Finding:
    """A finding of this rule, with where the model of its table is written."""
    source = declared.source_of(place.table, place.column) if place.table else None
    return Finding(rule.code, rule.name, place, *weight, message, facts, source)


def question(rule: Rule, facts: Facts, message: str) -> Finding:
    """The finding that asks about many places of the database at once."""
    weight = (Severity.INFO, Confidence.POSSIBLE)
    return Finding(rule.code, rule.name, Place(), *weight, message, facts)


def place_in(finding: Finding, live: Live) -> tuple[Table, Column]:
    """The table and column of a finding; raises LookupError for one that is at no column."""
    name, column = finding.place.at_column
    table = live.table_of[name]
    return table, table.column(column)
