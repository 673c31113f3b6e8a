"""The findings of a page: one card each, or one for several schemas that have the same."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from remediate.findings.remedy import HAZARD_TEXT, OF_MODELS, Hazard, Manual, Proposal, Step
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Item, Plan
from remediate.plans.shapes import Shape, shapes
from remediate.plans.urgency import most_urgent_first
from remediate.render import alternatives, order, origins
from remediate.render.evidence import pairs, psql
from remediate.render.page.values import Entry, Way
from remediate.rules import rule_of
from remediate.snapshots.tables import Name
from remediate.system import addresses, invocation

BUDGET = 130_000  # letters of SQL and evidence on a page: 324 findings are below 700 KB


@dataclass(slots=True)
class _Page:
    """What is left of the letters for details, which the most urgent findings spend first."""

    left: int
    told: dict[object, str] = field(default_factory=dict)  # the card that has these ways

    def pays(self, *texts: str) -> bool:
        """Whether there is enough for these, which are then spent."""
        price = sum(map(len, texts))
        if price > self.left:
            return False
        self.left -= price
        return True


def entries(plan: Plan) -> tuple[Entry, ...]:
    """The cards, the most urgent first."""
    page = _Page(BUDGET)
    ordered = shapes(most_urgent_first(plan))
    return tuple(_entry(f"f{n}", shape, plan, page) for n, shape in enumerate(ordered, 1))


def notes(shown: Iterable[Entry]) -> tuple[tuple[str, str], ...]:
    """The hazards of these cards, each with its sentence."""
    met = {hazard for entry in shown for hazard in entry.notes}
    return tuple((hazard.value, HAZARD_TEXT[hazard]) for hazard in Hazard if hazard in met)


def anchors(plan: Plan, shown: Sequence[Entry]) -> Mapping[Name, str]:
    """From each table to the card of its worst finding."""
    at = {id_: entry.anchor for entry, ids in zip(shown, _ids(plan), strict=True) for id_ in ids}
    found: dict[Name, str] = {}
    for item in most_urgent_first(plan):
        impact, table = plan.impacts.get(item.id), item.finding.place.table
        if table:
            found.setdefault(impact.table or table if impact else table, at[item.id])
            found.setdefault(table, at[item.id])
    return found


def places(plan: Plan, shown: Sequence[Entry]) -> Mapping[str, str]:
    """From each place to the card of its worst finding."""
    found: dict[str, str] = {}
    for entry, ids in zip(shown, _ids(plan), strict=True):
        for id_ in ids:
            found.setdefault(id_.partition(":")[2], entry.anchor)
    return found


def _ids(plan: Plan) -> Iterator[list[str]]:
    return ([item.id for item in shape.items] for shape in shapes(most_urgent_first(plan)))


def _entry(anchor: str, shape: Shape, plan: Plan, page: _Page) -> Entry:
    item, finding = shape.first, shape.first.finding
    impact = plan.impacts.get(item.id) if plan.database.version else None
    up, down, query = _sql(item, "up"), _sql(item, "down"), psql(finding)
    evidence = pairs(finding)
    paid = page.pays(up, down, query, *(text for term in evidence for text in term))
    told = page.told.setdefault(alternatives.shape(item.alternatives), anchor)
    manual = isinstance(item.remedy, Manual)
    return Entry(
        anchor=anchor,
        id=item.id,
        rule=finding.rule,
        name=finding.name,
        url=addresses.rule(finding.rule),
        tier=impact.risk.tier if impact else None,
        severity=finding.severity.value,
        confidence=finding.confidence.value,
        table=str(finding.place.table or ""),
        place=shape.place,
        message=shape.message,
        why=tuple(_why(impact)) if impact else (),
        model=str(finding.model or ""),
        schemas=shape.schemas,
        repair="" if manual else shape.repair,
        undo="" if manual else shape.undo,
        by_hand=shape.repair if manual else "",
        notes=tuple(dict.fromkeys(h for step in item.steps for h in step.hazards)),
        order=tuple(order.sentences(item)),
        origins=tuple(origins.sentences(shape.items, plan.origins)),
        ways=tuple(_ways(item)) if told == anchor else (),
        ways_at=told if item.alternatives and told != anchor else "",
        up=up if paid else "",
        down=down if paid else "",
        query=query if paid else "",
        shortened=not paid,
        models=_models(item),
        evidence=evidence if paid else (),
    )


def _why(impact: Impact) -> Iterator[str]:
    """What users lose, when, and what depends on it."""
    known = impact.consequences
    if impact.feature:
        yield f"users call it {impact.feature}"
    yield from filter(None, (known.broken, known.by_accident, known.to_come))
    if impact.affects.count:
        number = impact.affects.count
        yield f"{number:,} table{'s depend' if number > 1 else ' depends'} on it: {impact.affects}"
    if impact.features:
        yield f"these features fail with it: {', '.join(impact.features)}"
    why = "; ".join(impact.risk.why)
    yield f"risk {impact.risk.score} of 9 ({why})"


def _sql(item: Item, way: str) -> str:
    """The statements of a way, as psql takes them; those down in reverse order."""
    if not isinstance(item.remedy, Proposal):
        return ""
    up, down = item.remedy.all_steps, tuple(reversed(item.remedy.all_steps))
    texts = _texts(s.up for s in up) if way == "up" else _texts(s.down for s in down)
    return "\n".join(texts)


def _texts(statements: Iterable[str]) -> Iterator[str]:
    return (f"{text.strip()};" for text in statements if text.strip())


def _models(item: Item) -> str:
    """The command that prints the change of the model; "" where the model stays as it is."""
    steps: tuple[Step, ...] = item.steps
    asked = any(hazard in OF_MODELS for step in steps for hazard in step.hazards)
    table = item.finding.place.table
    if not table or not (asked or rule_of(item.finding.rule).patches_models):
        return ""
    return invocation.remediate(f"models --table {shlex.quote(str(table))}")


def _ways(item: Item) -> Iterator[Way]:
    return (
        Way(one.letter, one.question, one.title, one.taken, tuple(alternatives.sentences(one)))
        for one in item.alternatives
    )
