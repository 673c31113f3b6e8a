"""What becomes of the flows of the settings, by what a plan knows of their tables."""

from collections.abc import Callable, Collection, Mapping
from functools import cache

from remediate.commands.judgement import Judgement
from remediate.config import Config
from remediate.findings.effects import Inserts
from remediate.findings.finding import Finding, Healthy, Unverified
from remediate.findings.selection import Ignored
from remediate.plans.impact import flows
from remediate.plans.impact.flow import Flow
from remediate.plans.impact.graph import reference_graph
from remediate.plans.impact.impact import Impact
from remediate.plans.impact.table_health import Evidence
from remediate.project.reading import Reading
from remediate.rules import RULES
from remediate.snapshots.tables import Name


def judged(config: Config, reading: Reading, known: Evidence) -> tuple[Flow, ...]:
    """The flows of the settings, in their order; none where no database was read."""
    if not config.flows or not reading.live.database.version:
        return ()
    return flows.flows(config.flows, reading.known, known)


def evidence(
    judgement: Judgement[Reading],
    inside: Callable[[Name], bool],
    impacts: Mapping[str, Impact],
    unsettled: tuple[Collection[Unverified], Collection[Ignored]],
) -> Evidence:
    """What is known of the tables of the database.

    `unsettled` is what could not be verified, and what the settings ignore.
    """
    verdicts, reading = judgement.within(inside), judgement.reading
    graph = cache(lambda: reference_graph(reading.live, reading.declared))
    return Evidence(
        reading.live,
        findings={v.id: v for v in verdicts if isinstance(v, Finding) and v.id in impacts},
        impacts=impacts,
        healthy=frozenset(v.place for v in verdicts if isinstance(v, Healthy)),
        unverified=unsettled[0],
        ignored=unsettled[1],
        unasked=_unasked(judgement),
        inside=inside,
        required=lambda name: graph().required(name),
    )


def _unasked(judgement: Judgement[Reading]) -> tuple[str, ...]:
    """The rules about what refuses INSERTs that the options left out."""
    return tuple(
        rule.code
        for rule in RULES
        if rule.stops is not Inserts.NONE
        and not rule.asked_for
        and rule.code not in judgement.rules
    )
