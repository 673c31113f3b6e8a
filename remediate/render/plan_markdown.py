"""A plan as Markdown, for a pull request or an issue; and as a page."""

from itertools import groupby

from remediate.plan import Item, Plan
from remediate.remedy import Manual, Remedy
from remediate.render import impact, locks, markup
from remediate.templates import environment


def markdown(plan: Plan, sql: str) -> str:
    """The table of risks, each finding with a box to tick, and the SQL of the repair."""
    env = environment()
    env.filters |= {"cell": markup.cell, "code": markup.code}
    remedies = [i.remedy for i in plan.items if isinstance(i.remedy, Remedy)]
    return (
        env.get_template("plan.md.j2")
        .render(
            plan=plan,
            by_hand=[i for i in plan.items if isinstance(i.remedy, Manual)],
            affected=impact.markdown(plan),
            cycles=[impact.cycle_sentence(cycle) for cycle in plan.standing.cycles],
            groups=[list(group) for _, group in groupby(plan.items, _kind)],
            locks=locks.of_all(remedies),
            sql=sql if remedies else "",
        )
        .rstrip("\n")
    )


def _kind(item: Item) -> tuple[str, ...]:
    finding = item.finding
    return finding.rule, finding.severity, finding.confidence
