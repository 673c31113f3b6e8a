"""Revisions that do not form one history.

What it does
------------
Reads the files of the versions folders, without running them, and reports

  error     a parent that is in no folder, a circle, an id of two files, a database that is at
            a revision which no folder has
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
The smallest mend is named with each: bring a file back, give another id or parent, or
`alembic merge heads`.

Safety
------
Nothing is changed.

What is not flagged
-------------------
Branches with labels.

References
----------
https://alembic.sqlalchemy.org/en/latest/branches.html
"""

from remediate.findings.finding import Confidence, Finding, Options, Place, Rule, Severity, Verdict
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import Broken, broken
from remediate.snapshots.live import Live


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_finding(one) for one in broken(declared.history))


def _finding(one: Broken) -> Finding:
    severity = Severity.ERROR if one.fatal else Severity.WARNING
    return Finding(
        RULE.code, RULE.name, Place(subject=one.subject), severity, Confidence.PROVEN,
        one.message, {"mend": one.mend}, one.source,
    )  # fmt: skip


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual(str(finding.facts["mend"]))


RULE = Rule(
    code="AL001",
    name="graph-broken",
    summary="revisions that do not form one history",
    page=__doc__,
    find=find,
    remedy=remedy,
    alone="revisions",
    provable=False,
)
