"""The items of a plan, with the revisions that wait to be run and meet their repairs."""

from collections.abc import Mapping
from dataclasses import replace

from remediate.analysis import revisions, waiting
from remediate.commands.judgement import Judgement
from remediate.findings.finding import Finding
from remediate.findings.remedy import Remedy
from remediate.findings.waiting import Waiting
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Item
from remediate.project.reading import Reading


def with_waiting(
    items: tuple[Item, ...], judgement: Judgement[Reading], impacts: Mapping[str, Impact]
) -> tuple[Item, ...]:
    """The items, each with the revisions that have not run and meet its repair."""
    reading, live = judgement.reading, judgement.reading.live
    history = reading.declared.history
    if not history.ahead:
        return items
    engine = reading.environment.engine if reading.environment else ""
    repairs = {
        item.id: _repair(item.finding, item.remedy, judgement, impacts)
        for item in items
        if isinstance(item.remedy, Remedy)
    }
    relations = {name for repair in repairs.values() for name in repair.relations}
    upcoming = revisions.upcoming(live, history, relations, engine)

    def met(item: Item) -> tuple[Waiting, ...]:
        repair = repairs.get(item.id)
        return waiting.waiting(repair, upcoming, live) if repair else ()

    return tuple(replace(item, waiting=met(item)) for item in items)


def _repair(
    finding: Finding, remedy: Remedy, judgement: Judgement[Reading], impacts: Mapping[str, Impact]
) -> waiting.Repair:
    impact = impacts.get(finding.id)
    symptom = judgement.rules[finding.rule].symptom if impact and impact.stops_now else None
    return waiting.repair(finding, remedy, symptom)
