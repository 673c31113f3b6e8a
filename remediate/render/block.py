"""One rule and one kind of repair of a plan: what, repair, lock, undo and cause once, then rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from remediate.findings.finding import Confidence, Severity, Tier
from remediate.findings.remedy import Manual, Proposal
from remediate.plans.plan import Item, Plan
from remediate.plans.shapes import Shape, shapes
from remediate.plans.urgency import most_urgent_first
from remediate.postgres.sql import commented
from remediate.render import alternatives, detail, once, rows
from remediate.render.columns import labelled
from remediate.render.lines import wrapped
from remediate.render.once import NOTHING_TOLD, Told, counts
from remediate.render.rows import Said
from remediate.render.style import BOLD, CODE, Style
from remediate.rules import rule_of
from remediate.system import addresses

_LABEL = 8  # columns of a label
_SENTENCES = 2  # of different ones a block prints all; of more, the rule's own summary
_NAMED = 3  # places in a sentence
FEW = 3  # rows of a block of little weight


class Kind(StrEnum):
    """What becomes of a finding."""

    REPAIR = "to repair"
    CHOICE = "to decide"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Block:
    """The findings of one rule of which the same kind of repair is told."""

    kind: Kind
    shapes: tuple[Shape, ...]  # the most urgent first

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item for shape in self.shapes for item in shape.items)


def blocks(plan: Plan) -> tuple[Block, ...]:
    """All that the plan shows, that with the most urgent finding first."""
    place = {item.id: number for number, item in enumerate(most_urgent_first(plan))}
    urgent = sorted(shapes(plan.items), key=lambda s: min(place[item.id] for item in s.items))
    found: dict[tuple[str, Kind], list[Shape]] = {}
    for shape in urgent:
        found.setdefault((shape.first.finding.rule, kind_of(shape.first)), []).append(shape)
    return tuple(Block(kind, tuple(several)) for (_, kind), several in found.items())


def kind_of(item: Item) -> Kind:
    """Whether a revision repairs it, a person decides first, or a person repairs it."""
    if isinstance(item.remedy, Manual):
        return Kind.BY_HAND
    return Kind.CHOICE if item.is_choice else Kind.REPAIR


def lines(block: Block, plan: Plan, style: Style, above: Told = NOTHING_TOLD) -> Iterator[str]:
    """The block, its rows last; what is of little weight in short."""
    items, first = block.items, block.shapes[0].first
    sentences = counts(shape.predicate for shape in block.shapes for _ in shape.items)
    reasons = {s.repair for s in block.shapes} if block.kind is Kind.BY_HAND else set()
    sure = len({item.finding.confidence for item in items}) == 1
    said = Said(
        sentence=len(sentences) <= _SENTENCES and not (style.verbose and len(sentences) > 1),
        reason=len(reasons) == 1,
        repair=len({s.repair for s in block.shapes}) == 1,
        confidence=sure,
    )
    short = is_short(block, plan, style)
    yield _heading(block, style)
    yield from _what(sentences, len(items), first, style)
    if said.reason:
        yield from labelled("By hand", reasons.pop(), style)
    title = f"{'' if said.repair else 'for example '}{block.shapes[0].repair}"
    yield from once.repair(items, title, style, above, short=short)
    yield from () if short else once.around(items, plan, style)
    yield from once.orders(items, style)
    if style.verbose:
        alike = detail.common([shape.first.finding for shape in block.shapes])
        yield from detail.shared(first.finding, alike, style)
    yield from () if short else ("",)
    yield from rows.lines(block.shapes, plan, said, style, FEW if short else rows.SHOWN)
    yield from alternatives.of_group(items, style.width) if style.verbose else ()


def told(block: Block) -> Told:
    """What a block tells, so that those below it need not."""
    proposals = [i.remedy for i in block.items if isinstance(i.remedy, Proposal)]
    hazards = frozenset(hazard for one in proposals for hazard in one.hazards)
    return Told(hazards, waiting=any(step.lock for one in proposals for step in one.steps))


def is_short(block: Block, plan: Plan, style: Style) -> bool:
    """Whether it is told in few lines: nothing of it weighs more than low."""
    return not style.whole and rows.weight(block.shapes[0], plan) in (Tier.LOW, Severity.INFO)


def _heading(block: Block, style: Style) -> str:
    finding, count = block.shapes[0].first.finding, len(block.items)
    sure = counts(item.finding.confidence.value for item in block.items)
    doubt = [f"{number:,} {word}" if len(sure) > 1 else word for word, number in sure.items()]
    doubt = [] if [*sure] == [Confidence.PROVEN.value] else [f" ({', '.join(doubt)})"]
    code = style.paint(style.hyperlink(finding.rule, addresses.rule(finding.rule)), CODE)
    name = style.paint(commented(finding.name), BOLD)
    return f"{code} {name}   {count:,} {block.kind}{''.join(doubt)}"


def _what(found: dict[str, int], number: int, first: Item, style: Style) -> Iterator[str]:
    if len(found) > _SENTENCES:
        summary = rule_of(first.finding.rule).summary
        yield from wrapped(f"{summary[0].upper()}{summary[1:]}.", "  ", width=style.width)
        return
    for sentence, count in found.items():
        of = f"{count:,} of {number:,}: " if len(found) > 1 else ""
        yield from wrapped(f"{of}{sentence}", "  ", 2 + len(of), style.width)
