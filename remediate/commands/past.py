"""What the revisions of a project tell of a plan: those that have run, and those that wait."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from remediate.commands.graph import stuck
from remediate.commands.hotfixes import unfinished
from remediate.commands.judgement import Judgement
from remediate.commands.origins import divergences, explained
from remediate.commands.waiting import with_waiting
from remediate.findings.finding import Finding
from remediate.plans.plan import Item, Plan
from remediate.project.reading import Reading


def told(
    plan: Plan, to_explain: Iterable[Finding], items: Sequence[Item], judgement: Judgement[Reading]
) -> Plan:
    """The plan with what waits and meets its repairs, and with what psql did that waits to be run.

    `to_explain` get their origins. `items` are the repairs by themselves, before others joined.
    """
    reading = judgement.reading
    run = plan.run and replace(
        plan.run,
        stuck=stuck(reading.declared) if reading.project else None,
        unrecorded=unfinished(reading, {f.id: f.severity for f in judgement.findings}),
    )
    return replace(
        plan,
        items=with_waiting(plan.items, judgement, plan.impacts),
        origins=explained(to_explain, judgement),
        divergences=divergences(items, judgement),
        run=run,
    )
