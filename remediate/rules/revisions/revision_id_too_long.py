"""A revision whose id the version table cannot hold.

What it does
------------
Compares the length of each revision's id with the width of version_num, as measured in the
database, or else the 32 characters that Alembic uses.

Why is this bad?
----------------
  value too long for type character varying(32)                             (SQLSTATE 22001)

The upgrade fails at its very end, when the version is recorded.

Example
-------
  revision = "2025_11_21_add_expert_feedback_system"

Repair
------
A shorter id, here and in the down_revision of what follows; or a wider column:

  ALTER TABLE alembic_version ALTER COLUMN version_num TYPE varchar(128);

Safety
------
Nothing is changed.

What is not flagged
-------------------
Ids that fit because the column was made wider; revisions that have run.

References
----------
https://www.postgresql.org/docs/current/datatype-character.html
"""

from dataclasses import dataclass

from remediate.findings.effects import Family, Inserts, Leaves
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Place,
    Rule,
    Severity,
    Verdict,
    in_the_project,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import Revision
from remediate.snapshots.live import Live


@dataclass(frozen=True, slots=True)
class RevisionIdTooLongFacts(Facts):
    """The length of an id, and of the column for it."""

    length: int
    width: int


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    history = declared.history
    long = (r for r in history.waiting if len(r.id) > history.width)
    return tuple(_finding(revision, history.width) for revision in long)


def _finding(revision: Revision, width: int) -> Finding:
    message = f"{revision.id} has {len(revision.id)} characters, but version_num holds only {width}"
    return Finding(
        RULE.code, RULE.name, Place(subject=revision.id), Severity.ERROR, Confidence.PROVEN,
        message, RevisionIdTooLongFacts(len(revision.id), width), revision.source,
    )  # fmt: skip


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual("shorten the id, and every down_revision that names it; or widen version_num")


RULE = Rule(
    code="AL002",
    name="revision-id-too-long",
    family=Family.REVISIONS,
    summary="a revision whose id the version table cannot hold",
    called=r"value too long for type character varying\(32\)",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(RevisionIdTooLongFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    worst=Severity.ERROR,
    by_hand=True,
    alone="revisions",
)
