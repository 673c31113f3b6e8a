"""The plan: findings with their remedies and decisions, and what became of them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from remediate.findings.alternative import Alternative
from remediate.findings.finding import Confidence, Finding, Healthy, Unverified, id_parts
from remediate.findings.origin import Divergence, Origin
from remediate.findings.remedy import Manual, Proposal, Remedy, Step
from remediate.findings.selection import Ignored
from remediate.findings.waiting import Waiting
from remediate.plans.answers import Answer, Decision, effective, standing
from remediate.plans.headroom import Room
from remediate.plans.impact.impact import NOTHING_FOUND, Assessment, Impact
from remediate.plans.made import Made
from remediate.plans.proof import Proof
from remediate.remedies.refusals import NOTHING_REFUSED, Refusals
from remediate.rules import rule_of
from remediate.snapshots.digest import Digest
from remediate.snapshots.history import NOTHING_UNRECORDED, Stuck, Unrecorded
from remediate.snapshots.live import DatabaseIdentity
from remediate.snapshots.tables import Location, Name

FORMAT = "remediate.plan/1"


class Fate(StrEnum):
    """What becomes of an item that meets others, as repairs of one key do, if all are approved."""

    LATER = "later"  # in a later revision, planned on what the others leave
    SETTLED = "settled"  # another repair repairs it, too
    NOT_WRITTEN = "not written"


@dataclass(frozen=True, slots=True)
class Company:
    """The fate of an item beside others, and the reason where it cannot be written."""

    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A finding, what would be done about it, and what people decided.

    The remedy of a plan that was just made is a Remedy; a plan file holds its proposal.
    """

    finding: Finding
    remedy: Proposal | Manual
    fingerprint: str  # of what would be done and what it expects; see `fingerprint`
    decisions: tuple[Decision, ...] = ()  # all that were taken, in this order
    waiting: tuple[Waiting, ...] = ()  # revisions that have not run, and meet the repair
    company: Company | None = None  # None: it meets no other, or is the first to be repaired
    demanded: int = 1  # reviewers who have to approve it
    alternatives: tuple[Alternative, ...] = ()  # none where it leaves no choice

    @classmethod
    def of(cls, finding: Finding, remedy: Remedy | Manual) -> "Item":
        """The item of a finding and its remedy, before anybody decided."""
        return cls(finding, remedy, fingerprint(finding, remedy))

    @property
    def id(self) -> str:
        return self.finding.id

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of the remedy; none where a person has to decide."""
        return () if isinstance(self.remedy, Manual) else self.remedy.all_steps

    @property
    def precedes(self) -> Waiting | None:
        """The first revision that waits to be run and cannot before this repair."""
        return next((one for one in self.waiting if one.stops), None)

    @property
    def decision(self) -> Decision | None:
        """What settles it; None: nobody, or not enough reviewers have decided."""
        return effective(self.decisions, self.demanded)

    @property
    def standing(self) -> tuple[Decision, ...]:
        """What each reviewer decided last."""
        return standing(self.decisions)

    @property
    def lacking(self) -> int:
        """How many more reviewers must approve what somebody approved already."""
        open_ = self.decisions and self.decision is None
        return self.demanded - len(self.standing) if open_ else 0

    @property
    def needs_an_answer(self) -> bool:
        """Whether a reviewer must answer: it has a repair, and is no choice nor merely possible."""
        repairable = isinstance(self.remedy, Proposal) and not self.is_choice
        return repairable and self.finding.confidence is not Confidence.POSSIBLE

    @property
    def is_choice(self) -> bool:
        """Whether leaving it as it is is as right as its repair: nobody approves it unasked."""
        return rule_of(self.finding.rule).by_name


def fingerprint(finding: Finding, remedy: Remedy | Manual) -> str:
    """A digest of the finding's id and of its remedy, by which a stale item is known.

    Of a remedy: its statements, the states that it expects, and what it rebuilds. Locks, hazards
    and conditions are not part of it. Of what a person has to do: the reason.
    """
    if isinstance(remedy, Manual):
        used: list[object] = [remedy.reason]
    else:
        used = [[s.up, s.down] for s in remedy.all_steps]
        used += [
            [*e.relation, e.column, *(str(state.before) for state in e.states)]
            for e in remedy.expectations
        ]
        used += [[d.take_down, *d.rebuild] for d in remedy.dependants]
    return hashlib.sha256(json.dumps([finding.id, used]).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ApprovedItem:
    """A finding that a person wants repaired, and what is done about it."""

    finding: Finding
    remedy: Remedy


@dataclass(frozen=True, slots=True)
class Lack:
    """A right that the connected role lacks for repairs of these tables."""

    reason: str
    tables: tuple[Name, ...]
    grant: str  # the statement that gives it


@dataclass(frozen=True, slots=True)
class Run:
    """How a plan was made, for the person who waits for it."""

    script_directory: str  # "" outside of an Alembic project
    left_out_by: tuple[str, ...]  # filters of the project
    seconds: float  # it took to read the database
    role: str = ""  # that read it
    lacking: tuple[Lack, ...] = ()  # rights, of those that the repairs ask for
    backup: str = ""  # the setting: before which repairs one has to be named
    unrecorded: Unrecorded = NOTHING_UNRECORDED  # what psql did of revisions that wait
    refusals: Refusals = NOTHING_REFUSED  # what keeps revisions that wait from running
    stuck: Stuck | None = None  # why Alembic can run no revision; None: nothing is known
    apart: str = ""  # how many schemas are at which revisions, where these differ
    alone: str = ""  # "models", "revisions" or "secrets", where nothing else was looked at


@dataclass(frozen=True, slots=True)
class Setting:
    """One that shaped a plan, by its name in the configuration."""

    name: str
    value: str | int | tuple[str, ...] | Mapping[str, str] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Revealed:
    """What is found only once others are repaired; a repair of one key may show what ails it."""

    id: str  # of the finding
    message: str
    repair: str = ""  # title of its repair, which `--approve all` writes with the others; "": none

    @property
    def rule(self) -> str:
        return id_parts(self.id)[0]


@dataclass(frozen=True, slots=True)
class Plan:
    """Findings with their remedies and decisions, for one database at one time.

    A plan file holds all of it but `run`: of a remedy its proposal, of a model its file and line.
    """

    database: DatabaseIdentity
    items: tuple[Item, ...] = ()
    revealed: tuple[Revealed, ...] = ()
    healthy: tuple[Healthy, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    heads: tuple[str, ...] | None = None  # revisions the database is at; None: no Alembic project
    bases: tuple[str, ...] = ()  # the revisions with which the project's history begins
    tips: tuple[str, ...] = ()  # and with which it ends
    waiting: tuple[str, ...] = ()  # revisions that the database has not run, the next one first
    revisions: int = 0  # of the project
    engine: str = ""  # what env.py calls the database, where it opens several
    left_out: tuple[Name, ...] = ()  # tables that the project's own filters reject
    left_out_columns: tuple[str, ...] = ()  # and of other tables
    ignored: tuple[Ignored, ...] = ()  # by the settings, with a reason
    tables: int = 0  # with a primary key, in scope
    model_tables: int | None = None  # that models declare, in scope; None: none were looked for
    impacts: Mapping[str, Impact] = field(default_factory=dict, hash=False)  # by id of the finding
    assessment: Assessment = NOTHING_FOUND
    origins: Mapping[str, Origin | None] = field(default_factory=dict, hash=False)  # by id as well
    divergences: Mapping[str, Divergence] = field(default_factory=dict, hash=False)  # likewise
    headroom: tuple[Room, ...] = ()  # of each key that counts its ids
    catalog: Digest | None = None  # what exists; None: it was not read
    reviewers: int = 1  # who have to approve an item
    settings: tuple[Setting, ...] = ()  # that shaped it, where they are not the default
    run: Run | None = field(default=None, compare=False)  # None: it was read from a file
    made: Made | None = field(default=None, compare=False)  # None: an older file does not tell

    @property
    def repairable(self) -> tuple[Item, ...]:
        return tuple(i for i in self.items if isinstance(i.remedy, Proposal))

    @property
    def reviewable(self) -> tuple[Item, ...]:
        """Those about which a person can decide: what has a repair, and choices."""
        return tuple(i for i in self.items if isinstance(i.remedy, Proposal) or i.is_choice)

    @property
    def choices(self) -> tuple[Item, ...]:
        """Those with a repair that nobody approves unasked."""
        return tuple(i for i in self.repairable if i.is_choice)

    @property
    def approvals(self) -> Mapping[str, Decision]:
        """The decisions that settle an item as approved, by its id."""
        settled = ((i.id, i.decision) for i in self.items if i.decision)
        return {id_: one for id_, one in settled if one.answer is Answer.APPROVED}

    @property
    def unreviewed(self) -> tuple[Item, ...]:
        """Those that wait for an answer."""
        return tuple(i for i in self.items if i.needs_an_answer and i.decision is None)

    @property
    def half_approved(self) -> tuple[Item, ...]:
        """Those that some reviewers approve, and not as many as are demanded."""
        return tuple(i for i in self.items if i.lacking)

    @property
    def refusals(self) -> Refusals:
        """What keeps revisions that wait from running."""
        return self.run.refusals if self.run else NOTHING_REFUSED

    @property
    def contested(self) -> tuple[Item, ...]:
        """Those that somebody skips, and others approve: they stay skipped."""
        return tuple(i for i in self.items if len({one.answer for one in i.standing}) > 1)

    def decided(self, decisions: Mapping[str, tuple[Decision, ...]]) -> "Plan":
        """With these decisions about some items, by their ids, in the place of what they had."""
        items = (replace(i, decisions=decisions.get(i.id, i.decisions)) for i in self.items)
        return replace(self, items=tuple(items))

    def demanding(self, reviewers: int) -> "Plan":
        """With so many reviewers, at least, who have to approve each item."""
        demanded = max(reviewers, self.reviewers)
        items = tuple(replace(i, demanded=demanded) for i in self.items)
        return replace(self, items=items, reviewers=demanded)

    @property
    def on_file(self) -> "Plan":
        """What a plan file holds of it."""
        return replace(self, items=tuple(map(_on_file, self.items)), run=None)


def _on_file(item: Item) -> Item:
    model = item.finding.model
    location = Location(model.file, model.line) if model else None
    remedy = item.remedy.proposal if isinstance(item.remedy, Remedy) else item.remedy
    return replace(item, finding=replace(item.finding, model=location), remedy=remedy)


@dataclass(frozen=True, slots=True)
class Landed:
    """A revision that now stands in the project's versions folder."""

    revision: str
    title: str
    path: str
    review: str  # path of the review file
    proof: Proof | None
    models: bool = False  # have to say the same from the same deploy on
    heads: int = 1  # that the project has now
    hotfix: str = ""  # path of the script for psql, where one was asked for
    rollback: str = ""  # and of its way back
    before: tuple[str, ...] = ()  # revisions that follow it now, and did not: diffs of their files
    delete: tuple[Waiting, ...] = ()  # what it has done by the time that they run
    repairs: tuple[str, ...] = ()  # the ids of its findings
    divergences: tuple[Divergence, ...] = ()  # of what it repairs
    after: str = ""  # what went wrong with the project's command after the landing of all
    schemas: int = 0  # for each of which Alembic has to run it, as env.py is told; 0: it runs once
