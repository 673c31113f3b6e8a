"""The incident runbook: a plan in the order in which somebody works who has never seen the tool."""

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, takewhile

from remediate.findings.effects import Symptom
from remediate.findings.finding import Finding
from remediate.findings.remedy import HAZARD_TEXT, Hazard, Manual, Remedy
from remediate.plans.backup import NO_BACKUP, Backup, changes_data
from remediate.plans.impact.consequences import symptom_of
from remediate.plans.impact.impact import Impact
from remediate.plans.origin_document import Origins
from remediate.plans.plan import Item, Landed, Plan
from remediate.plans.urgency import most_urgent_first
from remediate.postgres.templates import environment
from remediate.render import confirmation, flows, impact, locks, order, origins, proof, waiting
from remediate.render.page import lanes, paper
from remediate.render.page.values import State
from remediate.rules import rule_of
from remediate.snapshots.tables import Name
from remediate.system import invocation


@dataclass(frozen=True, slots=True)
class Runbook:
    """What it is made of."""

    plan: Plan
    made_at: str  # in UTC
    version: str  # of remediate
    landed: tuple[Landed, ...] = ()  # the emergency revisions, and what was written with them
    first: frozenset[str] = frozenset()  # ids of the findings that they repair, or are to repair
    work: frozenset[str] = frozenset()  # the same; where there are none, what is to be approved
    stopping: frozenset[str] = frozenset()  # ids of those that keep rows out of a table now
    spoiling: frozenset[str] = frozenset()  # of those whose tables take rows without an id now
    backup: Backup = NO_BACKUP  # before this work
    reach: str = ""  # the database as a URL for psql, without a password


@dataclass(frozen=True, slots=True)
class _ByHand:
    """Findings about which a person decides, for one and the same reason."""

    finding: Finding
    reason: str
    others: list[str]  # the places of the rest


_CHOICE = (
    "create the table, keep the model as code only, or delete it: remediate review PLAN --choose"
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A finding in the order of repair."""

    item: Item
    impact: Impact | None

    @property
    def finding(self) -> Finding:
        return self.item.finding

    @property
    def symptom(self) -> Symptom | None:
        spoils = self.impact is not None and self.impact.consequences.spoils
        return symptom_of(self.finding, spoils=spoils)

    @property
    def repairable(self) -> bool:
        return isinstance(self.item.remedy, Remedy) and not self.item.is_choice

    @property
    def reason(self) -> str:
        """Why a person has to decide; "" where a revision repairs it."""
        if isinstance(self.item.remedy, Manual):
            return self.item.remedy.reason
        return _CHOICE if self.item.is_choice else ""


def markdown(book: Runbook) -> str:
    """The whole document."""
    plan = book.plan
    rows = _in_order(plan)
    first = [row for row in rows if row.finding.id in book.first]
    urgent = book.stopping | book.spoiling
    halted = [row for row in first if row.finding.id in urgent]
    here = [row for row in rows if row.finding.id in book.work | urgent]
    work = [row for row in rows if row.finding.id in book.work]
    other = [row for row in rows if row.repairable and row not in work]
    pending = _tables([row for row in other if row.finding.id in urgent])
    later = [row for row in other if row.finding.id not in urgent]
    patched = [row for row in rows if not row.repairable and _is_patched(row)]
    remedies = [r.item.remedy for r in work if isinstance(r.item.remedy, Remedy)]
    retyped = confirmation.retyped(remedies)
    return environment().get_template("runbook.md.j2").render(
        book=book,
        plan=plan,
        urgent=tuple(takewhile(_for_psql, book.landed)),
        waiting=tuple(dropwhile(_for_psql, book.landed)),
        rows=rows,
        first=first,
        halted=halted,
        rules=sorted({row.finding.rule for row in work}),
        later=later,
        work=work,
        patched=patched,
        unproven=any(one.proof is None for one in book.landed),
        by_hand=_by_hand(row for row in rows if not row.repairable and row not in patched),
        undo=[*Counter(remedy.undo for remedy in remedies).items()],
        lost=[_LOST[hazard] for hazard in _LOST if any(hazard in r.hazards for r in remedies)],
        back_to=_back_to(plan),
        backup=book.backup,
        named=order.backup(replace(plan, items=tuple(row.item for row in work))),
        symptoms=_symptoms(here or rows),
        others=_symptoms(row for row in rows if here and row not in here),
        messages=_searched(halted),
        keys=len(confirmation.keys(row.finding for row in halted)),
        query=confirmation.filled_by(row.finding for row in halted),
        types=confirmation.types(retyped),
        retyped=Counter(retyped.values()),
        locks=locks.of_all(remedies),
        stall=locks.longest_stall(remedies),
        rewrites=any(Hazard.ACCESS_EXCLUSIVE_REWRITE in remedy.hazards for remedy in remedies),
        changes=any(map(changes_data, remedies)),
        hazards=_hazards(remedies),
        tables=_tables(first),
        hotfix=_named(_tables(first), plan),
        pending=pending,
        next=_named(pending, plan),
        stopped=_tables([row for row in rows if row.finding.id in book.stopping]),
        spoiled=_tables([row for row in rows if row.finding.id in book.spoiling]),
        features=_features(first),
        prevention=_prevention(rows, plan.origins),
        origins=[*origins.sentences(plan.items, plan.origins)],
        at=", ".join(plan.heads or ()) or "no revision",
        again=invocation.remediate,
        elsewhere=proof.elsewhere,
        alembic=invocation.alembic,
        engine=_engine(plan),
        placement=order.placement(plan),
        upgrade_first=order.upgrade_first(plan),
        why_first=order.why_first(plan),
        stuck=order.stuck(plan),
        approval=" ".join(
            f"--approve {shlex.quote(one)}" for one in order.approvals(plan, book.work)
        ),
        acceptance=order.acceptance(row.item for row in work),
        delete=[*waiting.places(w for one in book.landed for w in one.delete)],
        affected=impact.markdown(plan),
        flows=flows.markdown(plan.assessment.flows),
        flow_counts=flows.counts(plan.assessment.flows),
        cycles=[impact.cycle_sentence(cycle) for cycle in plan.assessment.cycles],
    )  # fmt: skip


def page(book: Runbook) -> str:
    """The same as an HTML page."""
    state = State.BROKEN if book.stopping or book.spoiling else State.PLAIN
    measured = lanes.of_revisions(book.landed)
    return paper.of_markdown(markdown(book).rstrip("\n"), state, measured)


def _for_psql(one: Landed) -> bool:
    return bool(one.hotfix)


def _in_order(plan: Plan) -> list[_Row]:
    return [_Row(item, plan.impacts.get(item.id)) for item in most_urgent_first(plan)]


def _is_patched(row: _Row) -> bool:
    return rule_of(row.finding.rule).patches_models


def _by_hand(rows: Iterable[_Row]) -> list[_ByHand]:
    """Alike ones together: one decision often is about many."""
    met: dict[tuple[str, str], _ByHand] = {}
    for row in rows:
        new = _ByHand(row.finding, row.reason, [])
        known = met.setdefault((row.finding.rule, row.reason), new)
        if known is not new:
            known.others.append(str(row.finding.place))
    return [*met.values()]


def _back_to(plan: Plan) -> str:
    """The revision at which the database is before the repair, as alembic is told."""
    if order.upgrade_first(plan):
        return plan.tips[0] if len(plan.tips) == 1 else "-1"
    heads = plan.heads or ("base",)
    return heads[0] if len(heads) == 1 else "-1"


_LOST = {
    Hazard.NARROW_DOWNGRADE: "ids that the former type cannot hold: once such an id exists, the "
    "downgrade refuses, and changes nothing",
    Hazard.REFRESHED_CONTENT: "the rows of the last REFRESH of materialized views: upgrade and "
    "downgrade both compute them again",
    Hazard.USER_TRIGGERS: "what triggers of the tables did for rows that the repair changed",
}


def _symptoms(rows: Iterable[_Row]) -> list[tuple[str, str, list[str]]]:
    """SQLSTATE, "none" for what an ORM says; an example of the message, and the tables."""
    symptoms: dict[str, tuple[str, list[str]]] = {}
    for row in rows:
        symptom = row.symptom
        if symptom and row.finding.place.table:
            state = symptom.sqlstate or "none"
            _, tables = symptoms.setdefault(state, (symptom.message, []))
            tables.append(str(row.finding.place.table))
    return [(state, message, tables) for state, (message, tables) in symptoms.items()]


def _searched(rows: Iterable[_Row]) -> list[str]:
    """What is looked for in a log: the SQLSTATEs, or what an ORM says."""
    found = filter(None, (row.symptom for row in rows))
    return list(dict.fromkeys(symptom.sqlstate or _OF_ORM for symptom in found))


_OF_ORM = "NULL identity key"


def _hazards(remedies: Sequence[Remedy]) -> list[str]:
    met = sorted({hazard for remedy in remedies for hazard in remedy.hazards})
    return [f"{hazard}: {HAZARD_TEXT[hazard]}" for hazard in met]


def _tables(rows: Sequence[_Row]) -> list[Name]:
    return list(dict.fromkeys(r.finding.place.table for r in rows if r.finding.place.table))


def _named(tables: Sequence[Name], plan: Plan) -> list[str]:
    """As `--hotfix` takes them; the most urgent ones, where they are too many for a command."""
    named = tables[: len(tables) if len(tables) <= _TABLES else _URGENT]
    return [order.pattern(table, plan) for table in named]


_TABLES, _URGENT = 40, 3


def _features(rows: Sequence[_Row]) -> list[str]:
    features = (row.impact.feature for row in rows if row.impact)
    return list(dict.fromkeys(feature for feature in features if feature))


def _prevention(rows: Sequence[_Row], known: Origins) -> list[str]:
    causes = (origins.cause(row.item, known) for row in rows)
    return list(dict.fromkeys(cause.prevention for cause in causes if cause))


def _engine(plan: Plan) -> str:
    """What commands need where the project has several databases."""
    return f" --engine {shlex.quote(plan.engine)}" if plan.engine else ""
