"""Findings with their remedies, in the scope of a command."""

from collections.abc import Callable, Iterable

from remediate.commands.judgement import Judgement, findings_and_ignored
from remediate.config import Config
from remediate.findings import selection
from remediate.findings.finding import Finding
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.plan import Item
from remediate.project.inspection import Reading
from remediate.rules.models.table_declared_twice import DECIDE
from remediate.snapshots.tables import Name


def items_of(judgement: Judgement[Reading], config: Config) -> tuple[Item, ...]:
    """The items of everything that is found and not ignored."""
    verdicts = judgement.within(scope(judgement, config))
    findings, _ = findings_and_ignored(verdicts, config.ignored)
    return items(findings, judgement)


def scope(judgement: Judgement[Reading], config: Config) -> Callable[[Name], bool]:
    """Whether the command speaks of a table."""
    reading, named = judgement.reading, judgement.options.named
    return selection.speaks_of(reading.live, config.schema, named, reading.left_out.all)


def items(findings: Iterable[Finding], judgement: Judgement[Reading]) -> tuple[Item, ...]:
    """Each finding with its remedy."""
    return tuple(Item.of(finding, _remedy(finding, judgement)) for finding in findings)


def _remedy(finding: Finding, judgement: Judgement[Reading]) -> Remedy | Manual:
    """What the rule says; nothing, as long as nobody knows which of several models is right."""
    reading = judgement.reading
    twice = {one.table for one in reading.declared.duplicates if one.differ}
    if finding.place.table in twice:
        return Manual(DECIDE)
    rule = judgement.rules[finding.rule]
    return rule.remedy(finding, reading.live, judgement.options)
