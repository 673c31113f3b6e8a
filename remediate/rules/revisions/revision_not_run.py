"""Revisions that the database has not run, or only says that it has.

What it does
------------
  info      revisions of the project that wait to be run
  warning   a revision that is recorded as run, while tables that it creates are not there, and no
            later one drops them

Why is this bad?
----------------
What `alembic stamp` records, nobody did: `alembic upgrade` passes over the revision for ever, and
`alembic current` looks right. And revisions that wait may be the repair of what is found here.

Example
-------
  alembic stamp head          on a database that was made by create_all() of older models

Repair
------
alembic upgrade head; or, after a stamp that was wrong, alembic stamp to where the database is, and
then alembic upgrade head.

Safety
------
Nothing is changed.

What is not flagged
-------------------
Tables whose names a revision does not write out.

References
----------
https://alembic.sqlalchemy.org/en/latest/cookbook.html
https://www.postgresql.org/docs/current/catalog-pg-class.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from remediate.findings.effects import ErrorKind, Family, Inserts, Leaves
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Place,
    Rule,
    Severity,
    Verdict,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name, Source
from remediate.system.words import counted

_GOING = re.compile(r"drop|rename|set\s+schema", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WaitingFacts(Facts):
    """The revisions that wait to be run."""

    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AbsentFacts(Facts):
    """Tables of a revision that is recorded as run, which are not there."""

    tables: tuple[str, ...]


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    history = declared.history
    if history.heads is None:
        return ()
    return (*_waiting(history), *_absent(history, live))


def _waiting(history: History) -> Iterator[Finding]:
    ids = [r.id for r in history.waiting]
    if ids:
        shown = ", ".join(ids[:5]) + (", ..." if len(ids) > 5 else "")
        waits = "waits" if len(ids) == 1 else "wait"
        message = f"{counted(len(ids), 'revision')} {waits} to be run: {shown}"
        facts = WaitingFacts(tuple(ids))
        place, source = Place(subject="waiting"), history.waiting[0].source
        yield _finding(place, Severity.INFO, message, facts, source)


def _absent(history: History, live: Live) -> Iterator[Finding]:
    for revision in history.revisions:
        if revision.id not in history.applied:
            continue
        schema = live.database.default_schema
        gone = [
            str(Name(n.schema or schema, n.name))
            for n in revision.creates
            if not _is_there(n, revision, history, live)
        ]
        if gone:
            message = f"{revision.id} is recorded as run, and {', '.join(gone)} is not there"
            place = Place(subject=revision.id)
            facts = AbsentFacts(tuple(gone))
            yield _finding(place, Severity.WARNING, message, facts, revision.source)


def _is_there(name: Name, by: Revision, history: History, live: Live) -> bool:
    """Or it may have gone: another revision that has run speaks of it, and of such things."""
    full = Name(name.schema or live.database.default_schema, name.name)
    others = (r for r in history.revisions if r.id in history.applied and r is not by)
    gone = any(name.name in r.text and _GOING.search(r.text) for r in others)
    return full in live.table_of or name in by.drops or gone


def _finding(
    place: Place, severity: Severity, message: str, facts: Facts, source: Source
) -> Finding:
    weight = (severity, Confidence.PROVEN)
    return Finding(RULE.code, RULE.name, place, *weight, message, facts, source)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    if isinstance(finding.facts, WaitingFacts):
        return Manual("alembic upgrade head; what has to be repaired before that says so")
    return Manual("alembic stamp to where the database is, then alembic upgrade head")


RULE = Rule(
    code="AL003",
    name="revision-not-run",
    family=Family.REVISIONS,
    summary="revisions that the database has not run, or only says so",
    page=__doc__,
    find=find,
    remedy=remedy,
    stops=Inserts.NONE,
    symptom=None,
    errors={ErrorKind.RELATION_MISSING: 2},
    facts=(
        WaitingFacts,
        AbsentFacts,
    ),
    leaves=Leaves.NOTHING,
    provable=False,
)
