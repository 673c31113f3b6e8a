"""The head of a page: what is so, of which database, and in which numbers."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from remediate.findings.effects import When
from remediate.findings.finding import Tier
from remediate.plans.plan import Item, Plan
from remediate.plans.verdict import verdict
from remediate.render import closing
from remediate.render.page.values import Card, Head, Segment, State
from remediate.render.verdict import sentence
from remediate.system.words import counted


def head(plan: Plan, nothing: str) -> Head:
    """The head of the page of a plan; `nothing` is what it says without a finding, where given."""
    state, said = _verdict(plan, nothing)
    return Head(
        state=state,
        title=plan.database.name or "this project",
        verdict=said,
        qualifiers=tuple(_qualifiers(plan)),
        about=tuple(_about(plan)),
        cards=_cards(plan) if plan.items else (),
        bar=tuple(bar(plan)),
    )


def _verdict(plan: Plan, nothing: str) -> tuple[State, str]:
    """The colour of the page, and the sentence that a reader needs first."""
    found = verdict(plan)
    if not plan.items:
        doubtful = found.hurts or plan.unverified
        said = nothing or closing.healthy(plan)
        return State.WARNING if doubtful else State.HEALTHY, said.rstrip(".")
    broken = found.fails_now or found.spoiling
    return State.BROKEN if broken else State.WARNING, sentence(plan, found)


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _qualifiers(plan: Plan) -> Iterator[str]:
    if number := len(plan.unverified):
        yield f"{counted(number, 'place')} could not be verified."
    if number := len(plan.ignored):
        yield f"{counted(number, 'finding')} {_were(number)} ignored by the settings."
    if plan.left_out:
        yield f"The filters of env.py left out {counted(len(plan.left_out), 'table')}."


def _about(plan: Plan) -> Iterator[tuple[str, str]]:
    """Terms and their values, as far as the plan holds them."""
    database = plan.database
    if database.version:
        yield "Database", database.name
        yield "Host", database.host
        yield "Server", f"PostgreSQL {database.version_text}"
    if plan.heads is not None:
        engine = f" ({plan.engine})" if plan.engine else ""
        yield "Revision", (", ".join(plan.heads) or "none yet") + engine
    if plan.model_tables is not None:
        yield "Models", counted(plan.model_tables, "table")
    if plan.made:
        yield "Read", moment(plan.made.at)
        yield "Made by", f"remediate {plan.made.version}"
    if plan.items and database.version:
        yield "Health score", f"{plan.assessment.score}/100 (higher is better)"


def moment(at: str) -> str:
    """An ISO 8601 time as people read it; as it stands where it is none."""
    try:
        return datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M %Z").strip()
    except ValueError:
        return at


def _cards(plan: Plan) -> tuple[Card, ...]:
    when = Counter(_when(plan, item) for item in plan.items)
    repairable = len(plan.repairable) - len(plan.choices)
    return (
        Card(when[When.NOW], "failing now", "now"),
        Card(when[When.SOON], "failing soon", "soon"),
        Card(repairable, "repairable", "repairable"),
        Card(len(plan.items) - repairable, "to decide", "decide"),
    )


def _when(plan: Plan, item: Item) -> When:
    """When it fails; without a database, nothing is known to fail."""
    impact = plan.impacts.get(item.id)
    return impact.consequences.when if impact and plan.database.version else When.SOME_DAY


def bar(plan: Plan) -> Iterator[Segment]:
    """The findings by tier, the worst first; none where no database was read."""
    tiers = {t: n for t in Tier if (n := plan.assessment.tiers.get(t, 0))}
    total, start = sum(tiers.values()), 0.0
    for tier, count in tiers.items() if plan.database.version else ():
        width = 100 * count / total
        yield Segment(tier, count, round(start, 2), round(width, 2))
        start += width
