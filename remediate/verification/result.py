"""The results of verifying repaired places."""

from dataclasses import dataclass, replace
from enum import StrEnum

from remediate.findings.finding import Place
from remediate.plans.meant import Since
from remediate.remedies.refusals import NOTHING_REFUSED, Refusals
from remediate.snapshots.history import NOTHING_UNRECORDED, Unrecorded
from remediate.verification.observations import Observation

FORMAT = "remediate.verify/1"


class Outcome(StrEnum):
    OK = "ok"
    FAILED = "failed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Verified:
    """One repaired place: what was checked, and what came of it."""

    id: str  # of the finding that was repaired; "" where every table is tried
    place: Place
    outcome: Outcome
    facts: tuple[Observation, ...]  # what is as it should be
    problems: tuple[Observation, ...]  # what is not, or could not be checked


@dataclass(frozen=True, slots=True)
class Verification:
    """Every repair that was looked at, or every table, in one database."""

    database: str  # host/name
    source: str  # where the list of repairs came from
    entries: tuple[Verified, ...]
    waiting: tuple[str, ...] = ()  # revisions that are not recorded as run here
    unrecorded: Unrecorded = NOTHING_UNRECORDED  # what psql did of these
    refusals: Refusals = NOTHING_REFUSED  # what keeps one of these from running
    ahead: int = 0  # revisions that have not run, those that repair nothing among them
    tips: int = 1  # heads of the project
    probed: bool = False
    since: Since | None = None  # a plan was saved with what existed then; else None
    not_named: tuple[str, ...] = ()  # found, and repaired in other schemas by revisions of many
    gone: tuple[str, ...] = ()  # schemas that such a revision repaired, and that were dropped
    health: bool = False  # every table was tried: one that shows nothing fails nothing

    @property
    def passed(self) -> bool:
        enough = {Outcome.OK, Outcome.UNVERIFIED} if self.health else {Outcome.OK}
        if self.waiting or self.not_named:
            return False
        return all(e.outcome in enough for e in self.entries)


def with_probe(entry: Verified, outcome: Outcome, shown: Observation) -> Verified:
    """The entry with what a real INSERT showed."""
    if outcome is Outcome.OK:
        return replace(entry, facts=(*entry.facts, shown))
    worst = Outcome.FAILED if Outcome.FAILED in (outcome, entry.outcome) else Outcome.UNVERIFIED
    return replace(entry, outcome=worst, problems=(*entry.problems, shown))
