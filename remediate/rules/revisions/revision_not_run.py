"""Revisions that the database has not run, or only recorded as run.

What it does
------------
  info      revisions of the project that wait to be run; and where a generated one refuses
            values, as nobody decided about values like them, how many of which kind; or what is
            not as it was when that one was made
  warning   a revision that is recorded as run, while tables that it creates are not there, and no
            later one drops them
  info      the same of tables that no model declares, where the models are known: a database that
            create_all() of the models made, and alembic stamp marked, never had them

Why is this bad?
----------------
What `alembic stamp` records has not run: `alembic upgrade` passes over the revision for ever, and
`alembic current` looks right. And revisions that wait may be the repair of what is found here.

Example
-------
  alembic stamp head          on a database that was made by create_all() of older models

Repair
------
alembic upgrade head; or, after a stamp that was wrong, alembic stamp to where the database is, and
then alembic upgrade head. Where other tables are there that this would create again, somebody
dropped the one: create it by hand, with the statements that alembic upgrade --sql prints.

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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.analysis import creation
from remediate.analysis.facts import in_words
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
    in_the_project,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.remedies import refusals
from remediate.remedies.creatable import by_hand
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.new_tables import Author
from remediate.snapshots.tables import Name, Source
from remediate.system.words import counted

_NAMED = 5
_GOING = re.compile(r"drop|rename|set\s+schema", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WaitingFacts(Facts):
    """The revisions that wait to be run."""

    waiting: tuple[str, ...]
    refused: tuple[str, ...] = ()  # sentences: the values that keep one of them from running
    outdated: tuple[str, ...] = ()  # sentences: what else is not as one of them was made for


@dataclass(frozen=True, slots=True)
class AbsentFacts(Facts):
    """Tables of a revision that is recorded as run, which are not there."""

    tables: tuple[str, ...]
    by_hand: str = ""  # how to create them where the revision cannot run again


@dataclass(frozen=True, slots=True)
class UndeclaredFacts(Facts):
    """The same of tables that no model declares."""

    undeclared: tuple[str, ...]
    by_hand: str = ""


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    history = declared.history
    if history.heads is None:
        return ()
    return (*_waiting(history, live), *_absent(history, live, declared))


def _waiting(history: History, live: Live) -> Iterator[Finding]:
    ids = [r.id for r in history.ahead]
    if ids:
        shown = ", ".join(ids[:5]) + (", ..." if len(ids) > 5 else "")
        has = "has" if len(ids) == 1 else "have"
        known = refusals.of(history, live)
        facts = WaitingFacts(tuple(ids), known.values, known.states)
        counts = f"{counted(len(ids), 'revision')} {has} not run yet: {shown}"
        message = "; ".join((counts, *facts.refused, *facts.outdated))
        place, source = Place(subject="waiting"), history.ahead[0].source
        yield _finding(place, Severity.INFO, message, facts, source)


def _absent(history: History, live: Live, declared: Declared) -> Iterator[Finding]:
    for revision in history.revisions:
        if revision.id not in history.applied:
            continue
        schema = live.database.default_schema
        absent = (n for n in revision.creates if not _is_there(n, revision, history, live))
        gone = [name for one in absent for name in _missing(one, history, live)]
        if gone:
            left = creation.remains(revision, history, live.table_of, schema)
            author = Author(revision.id, waits=False, remains=left, down=revision.down)
            yield _of_absent(revision, gone, author, declared)


def _of_absent(
    revision: Revision, gone: Sequence[Name], author: Author, declared: Declared
) -> Finding:
    """Tables that are missed; of those that nobody declares the database may never have had any."""
    place, models = Place(subject=revision.id), declared.table_of
    complete = bool(models) and not declared.unread_modules
    missed = [str(name) for name in gone if name in models or not complete]
    if missed:
        message = f"{revision.id} is recorded as run, but {_do_not_exist(missed)}"
        facts: Facts = AbsentFacts(tuple(missed), _by_hand(missed, author))
        return _finding(place, Severity.WARNING, message, facts, revision.source)
    names = tuple(map(str, gone))
    missing = _do_not_exist(names, ", which no model declares,")
    message = f"{revision.id} is recorded as run, but {missing}"
    facts = UndeclaredFacts(names, _by_hand(names, author))
    return _finding(place, Severity.INFO, message, facts, revision.source, Confidence.POSSIBLE)


def _do_not_exist(names: Sequence[str], which: str = "") -> str:
    more = [f"{len(names) - _NAMED:,} more"] if len(names) > _NAMED else []
    verb = "does" if len(names) == 1 else "do"
    return f"{in_words((*names[:_NAMED], *more))}{which} {verb} not exist"


def _by_hand(missed: Sequence[str], author: Author) -> str:
    return by_hand(in_words(missed), author) if author.remains else ""


def _is_there(name: Name, by: Revision, history: History, live: Live) -> bool:
    """Or it may have gone: another revision that has run speaks of it, and of such things."""
    full = Name(name.schema or live.database.default_schema, name.name)
    others = (r for r in history.revisions if r.id in history.applied and r is not by)
    called = (name.name, name.name.replace('"', '""'))
    gone = any(any(c in r.text for c in called) and _GOING.search(r.text) for r in others)
    return full in live.table_of or name in by.drops or gone


def _missing(name: Name, history: History, live: Live) -> list[Name]:
    """The tables of this name that are missed, in the schemas for which env.py runs revisions."""
    default = live.database.default_schema
    maps = history.maps or ({},)
    meant = (Name(one.get(name.schema, name.schema or default), name.name) for one in maps)
    return [full for full in dict.fromkeys(meant) if full not in live.table_of]


def _finding(
    place: Place,
    severity: Severity,
    message: str,
    facts: Facts,
    source: Source,
    confidence: Confidence = Confidence.PROVEN,
) -> Finding:
    weight = (severity, confidence)
    return Finding(RULE.code, RULE.name, place, *weight, message, facts, source)


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    if isinstance(finding.facts, WaitingFacts) and finding.facts.refused:
        return Manual("correct these values, then: alembic upgrade head")
    if isinstance(finding.facts, WaitingFacts) and finding.facts.outdated:
        return Manual(
            "if no database has run the revision, delete its files and generate it again; "
            "otherwise bring the database to the state that it expects, then: alembic upgrade head"
        )
    if isinstance(finding.facts, WaitingFacts):
        return Manual(
            "alembic upgrade head (heads, if there are several). Repair a broken history (AL001) "
            "and the findings that name these revisions first. If psql ran the repair already, "
            "the last lines of the plan show the command"
        )
    return _of_recorded(finding)


def _of_recorded(finding: Finding) -> Manual:
    facts = finding.facts
    if isinstance(facts, UndeclaredFacts):
        again = "alembic stamp to where the database is, then alembic upgrade head"
        return Manual(
            "no repair is needed if create_all() created this database and alembic stamp marked "
            f"it; otherwise {facts.by_hand or again}"
        )
    again = "alembic stamp to where the database is, then alembic upgrade head"
    return Manual((isinstance(facts, AbsentFacts) and facts.by_hand) or again)


RULE = Rule(
    code="AL003",
    name="revision-not-run",
    family=Family.REVISIONS,
    summary="revisions that the database has not run, or only recorded as run",
    called=(
        r"\balembic (current|stamp)\b|\balembic_version\b|\bmigrations applied\b|"
        r"\bdatabase is not up to date\b"
    ),
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={ErrorKind.RELATION_MISSING: 2, ErrorKind.TABLE_MISSING: 2},
    facts=(
        WaitingFacts,
        AbsentFacts,
        UndeclaredFacts,
    ),
    leaves=Leaves.NOTHING,
    provable=False,
    by_hand=True,
)
