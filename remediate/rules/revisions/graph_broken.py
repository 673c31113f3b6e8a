"""Revisions that do not form one history.

What it does
------------
Reads the files of the versions folders, without running them, and reports

  error     a file that is no Python, a parent that is in no folder, a circle, an id of two
            files, a database that is at a revision which no folder has
  warning   several roots, or several heads, without branch labels

Why is this bad?
----------------
  Can't locate revision identified by '...'
  Multiple head revisions are present for given argument 'head'

`alembic upgrade head` stops, on every machine, or upgrades one half only. As long as Alembic
itself would stop, no revision is written.

Example
-------
  0003 follows 0002, and the file of 0002 was deleted with its branch

Repair
------
The smallest repair is named with each: restore a file, set another id or parent, or
`alembic merge heads`.

Safety
------
Nothing is changed.

What is not flagged
-------------------
Branches with labels. While code computes the id of a revision, or a star import brings it, missing
parents and several heads are not verified.

References
----------
https://alembic.sqlalchemy.org/en/latest/branches.html
"""

from dataclasses import dataclass

from remediate.findings.effects import Family, Inserts, Leaves
from remediate.findings.facts import facts_of
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Place,
    Rule,
    Severity,
    Unverified,
    Verdict,
    in_the_project,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import Broken, Fault, History, broken, perhaps_broken, untold
from remediate.snapshots.live import Live


@dataclass(frozen=True, slots=True)
class GraphBrokenFacts(Facts):
    """What mends the history."""

    mend: str


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    history = declared.history
    found = tuple(_finding(one) for one in broken(history))
    return found + tuple(_unverified(one, history) for one in perhaps_broken(history))


def _unverified(one: Broken, history: History) -> Unverified:
    first, *others = untold(one, history)
    files = f"{first} (and {len(others):,} more)" if others else first
    reason = f"{message(one)}, unless code in {files} sets it differently"
    return Unverified(Place(subject=one.subject), reason, "alembic heads")


def _finding(one: Broken) -> Finding:
    severity = Severity.ERROR if one.fatal else Severity.WARNING
    return Finding(
        RULE.code, RULE.name, Place(subject=one.subject), severity, Confidence.PROVEN,
        message(one), GraphBrokenFacts(mend(one)), one.source,
    )  # fmt: skip


def message(one: Broken) -> str:
    """What is wrong, in a sentence."""
    return {
        Fault.UNREADABLE: f"{one.subject} cannot be read as Python",
        Fault.SAME_ID: f"{one.subject} is the id of {len(one.files)} revisions: "
        + " and ".join(one.files),
        Fault.MISSING_PARENT: f"{one.subject} follows {one.missing}, {_GONE}",
        Fault.MISSING_DEPENDENCY: f"{one.subject} depends on {one.missing}, {_GONE}",
        Fault.CIRCLE: f"these revisions follow each other in a circle: {one.subject}",
        Fault.SEVERAL_ROOTS: f"{len(one.ids)} revisions have no predecessor: {one.subject}",
        Fault.SEVERAL_HEADS: f"the project has {len(one.ids)} heads: {one.subject}",
        Fault.UNKNOWN_HEAD: f"the database is at {one.missing}, {_GONE}",
    }[one.fault]


_GONE = "which is in no versions folder"
_BRING_BACK = "restore its file, or name the revision that replaces it"
_REPAIRS = {
    Fault.UNREADABLE: "fix what Python reports, or move the file out of the versions folder",
    Fault.SAME_ID: "change the id of one of them, and down_revision in those that follow it",
    Fault.MISSING_PARENT: f"{_BRING_BACK} in down_revision; if generate --before wrote the file "
    "and someone deleted it, name the revision that it followed",
    Fault.MISSING_DEPENDENCY: _BRING_BACK,
    Fault.CIRCLE: "set down_revision of one of them to a revision outside of the circle, or to "
    "None",
    Fault.SEVERAL_ROOTS: "set down_revision in all but the first, or set a branch label in each",
    Fault.SEVERAL_HEADS: "alembic merge heads",
    Fault.UNKNOWN_HEAD: "restore its file (from another git branch?), or alembic stamp the right "
    "one",
}


def mend(one: Broken) -> str:
    """The smallest change that puts it right."""
    return _REPAIRS[one.fault]


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual(facts_of(finding, GraphBrokenFacts).mend)


RULE = Rule(
    code="AL001",
    name="graph-broken",
    family=Family.REVISIONS,
    summary="revisions that do not form one history",
    called=(
        r"\bmultiple head(s| revisions)\b|\bcan.t locate revision\b|\brevision \S+ is not present\b"
    ),
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(GraphBrokenFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    worst=Severity.ERROR,
    by_hand=True,
    alone="revisions",
)
