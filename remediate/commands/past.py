"""What the revisions of a project tell of a plan: those that have run, and those that wait."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from remediate.commands.graph import stuck
from remediate.commands.hotfixes import hotfixes
from remediate.commands.judgement import Judgement
from remediate.commands.origins import divergences, explained
from remediate.commands.waiting import with_waiting
from remediate.findings.finding import Finding
from remediate.plans.plan import Item, Plan
from remediate.project import tenancy
from remediate.project.reading import Reading
from remediate.snapshots.history import NOTHING_UNRECORDED, Unrecorded


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
        unrecorded=_unrecorded(judgement),
        apart=tenancy.apart(reading.environment.tenants) if reading.environment else "",
    )
    return replace(
        plan,
        items=with_waiting(plan.items, judgement, plan.impacts),
        origins=explained(to_explain, judgement),
        divergences=divergences(items, judgement),
        run=run,
    )


def _unrecorded(judgement: Judgement[Reading]) -> Unrecorded:
    if not hotfixes(judgement.reading):
        return NOTHING_UNRECORDED
    from remediate.commands.by_scripts import unfinished  # noqa: PLC0415  (few have such scripts)

    return unfinished(judgement.reading, {f.id: f.severity for f in judgement.findings})
