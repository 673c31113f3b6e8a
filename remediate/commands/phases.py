"""What is found now, and what is expected once repairs and decisions are done, step by step."""

from collections.abc import Collection, Iterator

from remediate.commands.items import scope
from remediate.commands.judgement import Judgement, findings_and_ignored
from remediate.commands.plan import settings_of_tables
from remediate.commands.rounds import in_rounds
from remediate.config import Config
from remediate.findings.finding import Finding
from remediate.plans.approval import as_approved, pressing
from remediate.plans.hazards import to_accept
from remediate.plans.impact import impact
from remediate.plans.plan import ApprovedItem, Item, Plan
from remediate.plans.status import Phase
from remediate.project.inspection import Reading
from remediate.rules import rule_of

NOW = "now"
EMERGENCY = "after the emergency revision"
ALL = "after all revisions"
DECIDED = "once what needs a person is done too"


def phases(plan: Plan, judgement: Judgement[Reading], config: Config) -> tuple[Phase, ...]:
    """Now, and after each phase that has something to do."""
    return tuple(_phases(plan, judgement, config))


def _phases(plan: Plan, judgement: Judgement[Reading], config: Config) -> Iterator[Phase]:
    yield Phase(NOW, plan.assessment.score, len(plan.items), expected=False)
    sure = as_approved(item for item in plan.items if item.needs_an_answer)
    first = tuple(pressing(sure, config.first))
    if first:
        yield _after(EMERGENCY, first, judgement, config, follows=False)
    if len(sure) > len(first):
        yield _after(ALL, sure, judgement, config, follows=True)
    by_hand = {item.id for item in plan.items if not item.needs_an_answer}
    if by_hand:
        every = as_approved(plan.items)
        yield _after(DECIDED, every, judgement, config, follows=True, decided=by_hand)


def _after(
    name: str,
    items: tuple[ApprovedItem, ...],
    judgement: Judgement[Reading],
    config: Config,
    *,
    follows: bool,
    decided: Collection[str] = (),
) -> Phase:
    """As the rounds of these repairs leave it; what people decide is taken for done."""

    def wanted(item: Item) -> bool:
        return follows and item.needs_an_answer and not to_accept(item, config.allow)

    sequel = in_rounds(judgement, items, config, wanted) if items else None
    left = sequel.left if sequel else judgement
    known = {one.id for one in judgement.findings}
    # What the models are to say of a converted column belongs to its conversion (MODEL_TYPE).
    found = [
        one
        for one in _found(left, config)
        if one.id not in decided and (one.id in known or not rule_of(one.rule).patches_models)
    ]
    tables = settings_of_tables(judgement.reading, config)
    _, assessment = impact.of(left.reading.live, left.reading.declared, found, tables)
    done = len(sequel.repaired) if sequel else 0
    return Phase(name, assessment.score, len(found), done, len(decided))


def _found(judgement: Judgement[Reading], config: Config) -> tuple[Finding, ...]:
    verdicts = judgement.within(scope(judgement, config))
    return findings_and_ignored(verdicts, config.ignored)[0]
