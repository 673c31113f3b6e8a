"""An item of a plan, as somebody who decides about it reads it."""

import itertools
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from remediate.analysis import uses
from remediate.analysis.uses import UseFacts
from remediate.findings.facts import part_of
from remediate.findings.remedy import Proposal
from remediate.plans import left_out
from remediate.plans.answers import Answer, Decision
from remediate.plans.choices import Choice, answer
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Item, Plan
from remediate.plans.shapes import Shape, shapes
from remediate.postgres.sql import commented
from remediate.render import alternatives, locks, order, tenants
from remediate.render import item as of_item
from remediate.render.lines import WIDTH, each_wrapped, sides, sql, wrapped
from remediate.rules.models.table_missing import TableMissingFacts
from remediate.system.words import counted

_USES = 20  # lines that name a model
_NAMED = 5  # ids in a sentence


@dataclass(frozen=True, slots=True)
class Card:
    """An item in lines."""

    lines: tuple[str, ...]
    notes: tuple[range, ...]  # the lines of each note: what a person must know before


def card(shape: Shape, impact: Impact | None, number: int, count: int) -> str:
    """What is wrong, what would be done, and what it takes; of many schemas by the first one."""
    return "\n".join(laid_out(shape, impact, number, count).lines)


def laid_out(
    shape: Shape, impact: Impact | None, number: int, count: int, width: int = WIDTH
) -> Card:
    """The same in lines of so many columns, notes before all else that takes room."""
    item = shape.first
    finding, remedy = item.finding, item.remedy
    by_hand = "" if isinstance(remedy, Proposal) else "by hand: "
    lines = [
        f"[{number}/{count}]  {of_item.heading(finding, finding.severity)}",
        *sides(commented(shape.place), of_item.of_model(finding), width),
        *tenants.heading(shape.schemas, verbose=True, width=width),
        *wrapped(shape.message, "  ", width=width),
        *each_wrapped(f"{by_hand}{shape.repair}", "  does  ", width),
    ]
    notes = []
    if isinstance(remedy, Proposal):
        for hazard in dict.fromkeys(h for s in item.steps for h in s.hazards):
            start = len(lines)
            lines += of_item.note(hazard, width)
            notes.append(range(start, len(lines)))
    return Card((*lines, *_below(shape, impact, width)), tuple(notes))


def _below(shape: Shape, impact: Impact | None, width: int) -> Iterator[str]:
    """What is read after the notes, the query last."""
    item = shape.first
    labelled = partial(of_item.labelled, width=width)
    if isinstance(item.remedy, Proposal):
        yield from labelled("lock", locks.of_steps(item.steps))
        yield from labelled("undo", item.remedy.undo)
    if impact:
        yield from _risk(impact, width)
    for sentence in order.sentences(item):
        yield from labelled("order", sentence)
    yield from _uses(item, width)
    if missing := part_of(item.finding.facts, TableMissingFacts):
        for statement in missing.grants:
            yield from labelled("grant", f"{statement};")
    yield from alternatives.lines(item.alternatives, "  ", width)
    yield from _decisions(item, width)
    yield from tenants.example(shape)
    yield from _query(item.finding.query, width)


def _decisions(item: Item, width: int) -> Iterator[str]:
    labelled = partial(of_item.labelled, width=width)
    for decision in item.decisions:
        yield from labelled("now" if _counts(decision, item) else "was", decided(decision))
    if item.lacking:
        yield from labelled("lacks", f"the approval of {counted(item.lacking, 'more reviewer')}")


def _query(text: str, width: int) -> Iterator[str]:
    """For psql."""
    for number, line in enumerate(sql(text, "        ", width)):
        yield commented(line if number else f"  query {line[8:]}")


def _uses(item: Item, width: int) -> Iterator[str]:
    """Where code names the model: what would have to change if it went."""
    facts = part_of(item.finding.facts, UseFacts)
    if facts is None:
        return
    yield from of_item.labelled("used", uses.summary(facts), width)
    for line in itertools.islice(uses.lines(facts), _USES):
        yield from wrapped(line, " " * 8, width=width)


def decided(decision: Decision) -> str:
    """A decision in words."""
    reason = f": {decision.reason}" if decision.reason else ""
    allowed = f", with {', '.join(decision.allowed)}" if decision.allowed else ""
    return f"{answer(decision)} by {decision.reviewer} on {decision.when}{allowed}{reason}"


def upgrade(item: Item, width: int = WIDTH) -> str:
    """The statements of the upgrade, broken between words where a line is longer."""
    return _statements((step.up for step in item.steps), width)


def downgrade(item: Item, width: int = WIDTH) -> str:
    """Those of the downgrade, in the order in which they run."""
    return _statements((step.down for step in reversed(item.steps)), width)


def _statements(statements: Iterable[str], width: int) -> str:
    lines = (line for one in statements if one for line in sql(f"{one};", "  ", width))
    return "\n".join(map(commented, lines))


def dependants(impact: Impact | None) -> str:
    """The tables that cannot get rows without this one."""
    if impact is None or not impact.affects.count:
        return "  no other table references it"
    return "\n".join(wrapped(str(impact.affects), "  "))


def progress(plan: Plan) -> str:
    """How far the review is."""
    answers = [item.decision.answer for item in plan.items if item.decision]
    approved, skipped = answers.count(Answer.APPROVED), answers.count(Answer.SKIPPED)
    undecided = sum(i.is_choice and not i.decisions for i in plan.items)
    chosen = f", {counted(undecided, 'choice')} open" if undecided else ""
    return f"{approved} approved, {skipped} skipped, {len(plan.unreviewed)} to decide{chosen}."


def saved(file: str, kept: int, fallen: Sequence[str]) -> str:
    """What became of the file, and of the decisions in it."""
    stay = f"; {counted(kept, 'decision')} {'stays' if kept == 1 else 'stay'}" if kept else ""
    lines = [f"Saved in {file}{stay}."]
    for id_ in fallen:
        lines += wrapped(f"{id_}: gone or changed, the decision about it too", "  ")
    return "\n".join(lines)


def reviewed(plan: Plan, file: str) -> str:
    """The outcome, and the next command."""
    lines = [progress(plan)]
    lines += [line for shape in shapes(plan.items) for line in _outcome(shape)]
    lines += _to_delete(plan)
    lines += _open(plan)
    lines += left_out.sentences(plan, ["all"], _answered(plan))
    ready = plan.approvals and not (plan.unreviewed or plan.half_approved)
    lines += ["", f"Next:  remediate {'generate' if ready else 'review'} {shlex.quote(file)}"]
    return "\n".join(lines)


def _outcome(shape: Shape) -> Iterator[str]:
    """What was decided about it, with all who decided so."""
    found: dict[str, list[str]] = {}
    for one in shape.first.decisions:
        found.setdefault(_answered_as(one, shape.first), []).append(_by(one))
    for answered, names in found.items():
        start = commented(f"  {answered:8}  {called(shape)}")
        line = commented(f"{start}   {'; '.join(names)}")
        if len(line) <= WIDTH:
            yield line
        else:
            yield start
            for name in names:
                yield from wrapped(name, " " * 12)


def _to_delete(plan: Plan) -> Iterator[str]:
    """What would have to change where models are to go; no code is changed here."""
    for item in plan.items:
        facts = part_of(item.finding.facts, UseFacts)
        if facts and item.decision and item.decision.choice == Choice.DELETE:
            yield commented(f"To change before the model of {item.finding.place} is deleted:")
            yield from (f"  {commented(line)}" for line in uses.lines(facts))
            if not facts.used_at:
                yield f"  {uses.summary(facts)}"


def called(shape: Shape) -> str:
    """Its rule and place, and in how many schemas."""
    where = f" in {len(shape.items):,} schemas" if shape.is_shared else ""
    return f"{shape.first.finding.rule}:{shape.place}{where}"


def _answered_as(decision: Decision, item: Item) -> str:
    before = "" if _counts(decision, item) else "before: "
    return f"{before}{answer(decision)}"


def _counts(decision: Decision, item: Item) -> bool:
    """Whether its reviewer has decided nothing since."""
    return any(one is decision for one in item.standing)


def _by(decision: Decision) -> str:
    reason = f": {decision.reason}" if decision.reason else ""
    return f"{decision.reviewer}, {decision.when}{reason}"


def _open(plan: Plan) -> Iterator[str]:
    """What reviewers have not settled together."""
    if items := plan.contested:
        yield from wrapped(f"Not written, as long as anybody skips it: {_some(items)}", "", 2)
    if items := plan.half_approved:
        some = counted(len(items), "item")
        start = f"{some} approved by some, and not yet by {plan.reviewers} reviewers: "
        yield from wrapped(f"{start}{_some(items)}", "", 2)


def _some(items: Sequence[Item]) -> str:
    more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    return ", ".join(item.id for item in items[:_NAMED]) + more


def _answered(plan: Plan) -> frozenset[str]:
    """What is decided, or waits for an answer."""
    return frozenset(i.id for i in plan.items if i.decisions or i.needs_an_answer)


def _risk(impact: Impact, width: int) -> Iterator[str]:
    risk = impact.risk
    serves = f"; serves {impact.feature}" if impact.feature else ""
    yield from of_item.labelled("risk", f"{risk.tier}, {risk.score} of 9{serves}", width)
    for why in risk.why:
        yield from wrapped(why, " " * 8, width=width)
    if impact.affects.count:
        tables = counted(impact.affects.count, "table")
        blocked = f"{tables} that reference it, directly or through others"
        yield from of_item.labelled("hits", blocked, width)
