"""A plan as one line for each finding, for grep: the most urgent first, nothing wrapped or cut."""

from collections.abc import Iterator

from remediate.plans.plan import Item, Plan
from remediate.plans.shapes import Shape
from remediate.plans.urgency import most_urgent_first
from remediate.postgres.sql import commented
from remediate.render.rows import Said, reasons, weight

_NOTHING_SAID = Said(sentence=True, reason=False, repair=False, confidence=False)


def lines(plan: Plan) -> Iterator[str]:
    """Tier, rule, place and sentence, why it is urgent, and the line of the model."""
    for item in most_urgent_first(plan):
        yield _line(item, plan)
    for entry in plan.unverified:
        yield commented(f"unverified        {entry.place}: {entry.reason}")


def _line(item: Item, plan: Plan) -> str:
    shape, finding = Shape((item,)), item.finding
    why = reasons(shape, plan, _NOTHING_SAID)
    told = f"{weight(shape, plan):8}  {finding.rule:6}  {commented(finding.message)}"
    told += f" ({why})" if why else ""
    return f"{told}  {commented(str(finding.model))}" if finding.model else told
