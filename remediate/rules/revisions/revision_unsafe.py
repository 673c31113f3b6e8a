"""A revision that has not run, and would break a key, a reference or its downgrade.

What it does
------------
Reads the text of the revisions that the database has not run (without a database: of all), and
reports steps that are

  error     certain to fail or to lose something
  warning   a hazard
  info      may well be right

Needs no database: remediate check --versions-only. What earlier revisions and the database say of
the columns is known to it. What a later revision surely repairs is not named: a key that gets a
sequence or an identity, another type or a table that goes; a sequence that is widened or moved. Of
what fails when it runs, no later revision is a repair. An old history is accepted once, with
--update-baseline: from then on, what is named is new.

{kinds}

Why is this bad?
----------------
  column "user_id" cannot be cast automatically to type integer             (SQLSTATE 42804)
  nextval: reached maximum value of sequence                                (SQLSTATE 2200H)

The first stops the deploy, the others are found months later, by somebody else.

Example
-------
  op.alter_column("users", "id", type_=sa.BigInteger())        and the sequence stays integer

Repair
------
The step as it should be is shown with each, where it takes no decision. `remediate rehearse` proves
a revision on a scratch PostgreSQL.

Safety
------
Nothing is run or changed.

What is not flagged
-------------------
SQL that is put together from what is not written out; steps whose former type is not known.

References
----------
https://www.postgresql.org/docs/current/sql-altertable.html
https://alembic.sqlalchemy.org/en/latest/ops.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from remediate.analysis import starting_point
from remediate.analysis.filling import meant_by_models
from remediate.findings.effects import Aim, ErrorKind, Family, Inserts, Leaves
from remediate.findings.facts import facts_of
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
from remediate.lint import KINDS, NOTHING, REMARKS, REVISION_ID_KINDS, Unsafe, read
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Source
from remediate.system.credentials import masked


@dataclass(frozen=True, slots=True)
class RevisionUnsafeFacts(Facts):
    """What is unsafe in which function of a revision, and what to write instead."""

    revision: str
    kind: str
    function: str
    instead: str | None


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return tuple(_find(live, declared))


def _find(live: Live, declared: Declared) -> Iterator[Finding]:
    history = declared.history
    if not history.waiting:
        return
    known = starting_point.known(live, history.width) if history.heads is not None else NOTHING
    known = replace(known, driver=history.driver)
    made: list[tuple[Revision, Unsafe]] = []
    for revision in history.waiting:
        found = read(revision.text, known)
        made = [(before, unsafe) for before, unsafe in made if not found.settles(unsafe)]
        of_ids = REVISION_ID_KINDS  # AL001, AL002
        made += [(revision, unsafe) for unsafe in found.unsafe if unsafe.kind not in of_ids]
        made += [(revision, remark) for remark in found.remarks]
        known = found.after
    yield from (
        _finding(revision, unsafe)
        for revision, unsafe in made
        if not meant_by_models(unsafe, declared, live)
    )


def _finding(revision: Revision, unsafe: Unsafe) -> Finding:
    instead = masked(unsafe.rewritten) or None
    facts = RevisionUnsafeFacts(revision.id, unsafe.kind, unsafe.function, instead)
    place = Place(subject=f"{revision.id}:{unsafe.line}")
    severity, confidence = Severity.WARNING, Confidence.LIKELY
    if unsafe.error:
        severity, confidence = Severity.ERROR, Confidence.PROVEN
    elif unsafe.note:
        severity, confidence = Severity.INFO, Confidence.POSSIBLE
    source = Source(revision.source.file, unsafe.line)
    return Finding(
        RULE.code, RULE.name, place, severity, confidence, masked(unsafe.message), facts, source
    )


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    facts = facts_of(finding, RevisionUnsafeFacts)
    told = f"instead: {_on_one_line(facts.instead)}" if facts.instead else f"see {facts.kind}"
    if facts.kind not in REMARKS:
        return Manual(told)
    return Manual(f"{told}; remediate rehearse {facts.revision} shows what it does to this schema")


def _on_one_line(code: str) -> str:
    """The same steps: one that goes on in an indented line is not cut there."""
    return re.sub(r"\n\s+", " ", code.strip()).replace("\n", "; ")


RULE = Rule(
    code="MD008",
    name="revision-unsafe",
    family=Family.REVISIONS,
    summary="a revision that has not run, and would break a key, a reference or its downgrade",
    page=(__doc__ or "").replace(
        "{kinds}", "\n\n".join(f"  {kind}\n\n{text}" for kind, text in KINDS.items())
    ),
    find=find,
    remedy=remedy,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={
        ErrorKind.NOT_CAST: 4,
        ErrorKind.NOT_REFERENCEABLE: 4,
        ErrorKind.NULLS_THERE: 1,
        ErrorKind.NOTHING_UNIQUE: 3,
        ErrorKind.DUPLICATES_THERE: 1,
    },
    facts=(RevisionUnsafeFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    worst=Severity.ERROR,
    by_hand=True,
    against=(Aim.WAITING_SAFE,),
    alone="revisions",
)
