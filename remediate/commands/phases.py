"""What is found now, and what is expected once repairs and decisions are done, step by step."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from remediate.commands.items import scope
from remediate.commands.judgement import Judgement, findings_and_ignored
from remediate.commands.plan import settings_of_tables
from remediate.commands.rounds import in_rounds
from remediate.config import Config
from remediate.findings.finding import Finding
from remediate.plans.answers import Answer
from remediate.plans.approval import as_approved, pressing
from remediate.plans.hazards import to_accept
from remediate.plans.impact import impact
from remediate.plans.plan import ApprovedItem, Item, Plan
from remediate.plans.status import Phase
from remediate.project.inspection import Reading
from remediate.remedies.prediction import predicted
from remediate.remedies.unfinished import unfinished
from remediate.rules import rule_of

NOW = "now"
EMERGENCY = "after the emergency revision"
FIRST = "after the first revision"
ALL = "after all revisions"
DECIDED = "once what needs a person is done too"


def phases(
    plan: Plan, judgement: Judgement[Reading], config: Config, *, reviewed: bool = False
) -> tuple[Phase, ...]:
    """Now, and after each phase that has something to do.

    What nobody answered counts as approved; of a `reviewed` plan nothing follows that it lacks.
    """
    return tuple(_phases(plan, judgement, config, reviewed=reviewed))


def _phases(
    plan: Plan, judgement: Judgement[Reading], config: Config, *, reviewed: bool
) -> Iterator[Phase]:
    def follows(item: Item) -> bool:
        return not reviewed and item.needs_an_answer and not to_accept(item, config.allow)

    def after(name: str, items: Sequence[Item], decided: Collection[str] = ()) -> Phase:
        approved = as_approved(items)
        sequel = in_rounds(judgement, approved, config, follows) if approved else None
        left, done = (sequel.left, sequel.repaired) if sequel else (judgement, ())
        return _expected(name, judgement, left, config, (done, decided))

    yield Phase(NOW, plan.assessment.score, len(plan.items), expected=False)
    sure = [item for item in plan.items if _is_meant(item)]
    first = _emergency(as_approved(sure), judgement, config, follows)
    if first:
        done = tuple(item.finding.id for item in first)
        name = EMERGENCY if any(_presses(plan, id_) for id_ in done) else FIRST
        yield _expected(name, judgement, _at_once(judgement, first), config, (done, ()))
    if len(sure) > len(first) or any(one.remedy.finish for one in first):
        yield after(ALL, sure)
    by_hand = {item.id for item in plan.items if not _is_meant(item) and not item.decision}
    if by_hand:
        yield after(DECIDED, [i for i in plan.items if i in sure or i.id in by_hand], by_hand)


def _is_meant(item: Item) -> bool:
    """Whether it is repaired unless somebody says no."""
    if item.decision:
        return item.decision.answer is Answer.APPROVED
    return item.needs_an_answer


def _presses(plan: Plan, id_: str) -> bool:
    """Whether it keeps rows out now, or lets in what it should not."""
    impact = plan.impacts.get(id_)
    return impact is not None and (impact.stops_now or impact.spoils_now)


def _emergency(
    items: tuple[ApprovedItem, ...],
    judgement: Judgement[Reading],
    config: Config,
    follows: Callable[[Item], bool],
) -> tuple[ApprovedItem, ...]:
    """What `generate` writes first: no repair that has to wait for another one."""
    if not items:
        return ()
    first_round = in_rounds(judgement, items, config, follows).rounds[0]
    urgent = pressing(first_round.items, config.first)
    return tuple(item for item in urgent if item.remedy.steps)


def _at_once(judgement: Judgement[Reading], items: Sequence[ApprovedItem]) -> Judgement[Reading]:
    """Without what runs in autocommit, after all others: VALIDATE, CREATE INDEX CONCURRENTLY."""
    reading = judgement.reading
    live = predicted(reading.live, (unfinished(item.remedy, reading.live) for item in items))
    return judgement.again(replace(reading, live=live))


def _expected(
    name: str,
    judgement: Judgement[Reading],
    left: Judgement[Reading],
    config: Config,
    gone: tuple[Collection[str], Collection[str]],
) -> Phase:
    """By what is left once ids are repaired, and others decided and carried out."""
    repaired, decided = gone
    known = {one.id for one in judgement.findings}
    every = [one for one in _found(left, config) if one.id not in decided]
    # What the models are to say of a converted column belongs to its conversion (MODEL_TYPE).
    found = [o for o in every if o.id in known or not rule_of(o.rule).patches_models]
    tables = settings_of_tables(judgement.reading, config)
    _, assessment = impact.of(left.reading.live, left.reading.declared, found, tables)
    return Phase(
        name, assessment.score, len(found), len(repaired),
        decisions=len({*decided} - {*repaired}), models=len(every) - len(found),
    )  # fmt: skip


def _found(judgement: Judgement[Reading], config: Config) -> tuple[Finding, ...]:
    verdicts = judgement.within(scope(judgement, config))
    return findings_and_ignored(verdicts, config.ignored)[0]
