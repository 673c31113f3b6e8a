"""The plan: findings with their remedies, and what became of them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from remediate.findings.finding import Finding, Healthy, Unverified
from remediate.findings.remedy import Manual, Remedy
from remediate.findings.selection import Ignored
from remediate.plans.impact.impact import NOTHING_FOUND, Impact, Standing
from remediate.plans.proof import Proof
from remediate.snapshots.live import Database
from remediate.snapshots.tables import Name

FORMAT = "remediate.plan/1"


@dataclass(frozen=True, slots=True)
class Item:
    """A finding and what would be done about it."""

    finding: Finding
    remedy: Remedy | Manual

    @property
    def fingerprint(self) -> str:
        """Changes when what would be done changes, and only then."""
        if isinstance(self.remedy, Manual):
            used: list[object] = [self.remedy.reason]
        else:
            used = [[s.up, s.down] for s in self.remedy.all_steps]
            used += [
                [*e.relation, e.column, *(str(state.before) for state in e.states)]
                for e in self.remedy.expectations
            ]
            used += [[d.take_down, *d.rebuild] for d in self.remedy.dependants]
        return hashlib.sha256(json.dumps([self.finding.id, used]).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class ApprovedItem:
    """A finding that a person wants repaired, and what is done about it."""

    finding: Finding
    remedy: Remedy


@dataclass(frozen=True, slots=True)
class Plan:
    """Findings with their remedies, for one database at one time."""

    database: Database
    items: tuple[Item, ...] = ()
    healthy: tuple[Healthy, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    heads: tuple[str, ...] | None = None  # revisions the database is at; None: no Alembic project
    script_directory: str = ""
    bases: tuple[str, ...] = ()  # the revisions with which the project's history begins
    tips: tuple[str, ...] = ()  # and with which it ends
    engine: str = ""  # what env.py calls the database, where it opens several
    left_out: tuple[Name, ...] = ()  # tables that the project's own filters reject
    left_out_columns: tuple[str, ...] = ()  # and of other tables
    left_out_by: tuple[str, ...] = ()  # these filters
    ignored: tuple[Ignored, ...] = ()  # by the settings, with a reason
    tables: int = 0  # read
    seconds: float = 0.0  # it took to read them
    impacts: Mapping[str, Impact] = field(default_factory=dict, hash=False)  # by id of the finding
    standing: Standing = NOTHING_FOUND

    @property
    def repairable(self) -> tuple[Item, ...]:
        return tuple(i for i in self.items if isinstance(i.remedy, Remedy))


@dataclass(frozen=True, slots=True)
class Landed:
    """A revision that now stands in the project's versions folder."""

    revision: str
    title: str
    path: str
    review: str  # path of the review file
    proof: Proof | None
    heads: int = 1  # that the project has now
    hotfix: str = ""  # path of the script for psql, where one was asked for
    rollback: str = ""  # and of its way back
