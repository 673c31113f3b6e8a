"""Findings with their remedies, in the scope of a command."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from remediate.commands.judgement import Judgement, findings_and_ignored
from remediate.config import Config
from remediate.findings import selection
from remediate.findings.alternative import Alternative
from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.plan import Item
from remediate.project.reading import Reading
from remediate.remedies.alternatives import alternatives
from remediate.snapshots.declared import UNDECIDED
from remediate.snapshots.tables import Name
from remediate.system import stages


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
    counted = stages.each(tuple(findings))
    return tuple(Item.of(finding, _remedy(finding, judgement)) for finding in counted)


def with_alternatives(items: tuple[Item, ...], judgement: Judgement[Reading]) -> tuple[Item, ...]:
    """The items with the ways that their findings leave open, and what each costs."""
    return tuple(
        replace(one, alternatives=_alternatives(one, judgement)) for one in stages.each(items)
    )


def _alternatives(item: Item, judgement: Judgement[Reading]) -> tuple[Alternative, ...]:
    if item.remedy == Manual(UNDECIDED):
        return ()
    rule, live = judgement.rules[item.finding.rule], judgement.reading.live

    def ask(options: Options) -> Remedy | Manual:
        """As planned where nothing else is chosen."""
        if options == judgement.options and isinstance(item.remedy, Remedy | Manual):
            return item.remedy
        return rule.remedy(item.finding, live, options)

    return alternatives(rule.offers(item.finding, live, judgement.options, ask), live)


def _remedy(finding: Finding, judgement: Judgement[Reading]) -> Remedy | Manual:
    """What the rule says; nothing, as long as nobody knows which of several models is right."""
    reading = judgement.reading
    if finding.place.table in reading.declared.undecided:
        return Manual(UNDECIDED)
    rule = judgement.rules[finding.rule]
    return rule.remedy(finding, reading.live, judgement.options)
