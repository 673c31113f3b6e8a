"""The findings of a block as rows of a table, the most urgent first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from remediate.analysis import uses
from remediate.analysis.facts import rows_in
from remediate.analysis.uses import UseFacts
from remediate.findings.facts import part_of
from remediate.findings.finding import Confidence, Severity
from remediate.findings.remedy import Manual
from remediate.plans.plan import Item, Plan
from remediate.plans.shapes import Shape
from remediate.postgres.sql import commented
from remediate.render import detail, impact, tenants
from remediate.render.brief import brief
from remediate.render.columns import row, sizes_of
from remediate.render.lines import each_wrapped, wrapped
from remediate.render.style import Style
from remediate.rules.models.table_missing import TableMissingFacts
from remediate.system import invocation
from remediate.system.words import counted

SHOWN = 8  # rows of a block, unless all are asked for
_BELOW = " " * 6


@dataclass(frozen=True, slots=True)
class Said:
    """What a block says once for all of its rows, so that no row repeats it."""

    sentence: bool  # what is wrong
    reason: bool  # why a person has to repair it
    repair: bool
    confidence: bool


def lines(
    shapes: Sequence[Shape], plan: Plan, said: Said, style: Style, most: int = SHOWN
) -> Iterator[str]:
    """The table, cut after so many rows; what is alike in many schemas under the names of these."""
    shown = shapes if style.whole else shapes[:most]
    common = detail.common([s.first.finding for s in shapes]) if style.verbose else frozenset()
    several = [*tenants.by_schemas(shown)]
    for schemas, alike in several:
        yield from ["  in other schemas"] if not schemas and len(several) > 1 else ()
        yield from tenants.heading(schemas, verbose=style.verbose, width=style.width)
        cells = [(weight(s, plan), commented(s.place), reasons(s, plan, said)) for s in alike]
        sources = [s.first.finding.model for s in alike]
        told = [(cell, str(at or "")) for cell, at in zip(cells, sources, strict=True)]
        sizes = sizes_of(told, style.width)
        for shape, cell, source in zip(alike, cells, sources, strict=True):
            yield from row(cell, source, style, sizes)
            yield from _below(shape, plan, said, style, common)
            yield from ("",) if style.verbose and shape is not shown[-1] else ()
    if more := sum(len(shape.items) for shape in shapes[len(shown) :]):
        yield f"{'':12}and {more:,} more: {invocation.remediate('plan --all')}"


def weight(shape: Shape, plan: Plan) -> str:
    """The gravest tier of its items; their severity where no tier is known."""
    tiers = [plan.impacts[i.id].risk.tier for i in shape.items if i.id in plan.impacts]
    if tiers and plan.database.version:
        return min(tiers, key=lambda tier: tier.rank)
    return min((i.finding.severity for i in shape.items), key=list(Severity).index)


def reasons(shape: Shape, plan: Plan, said: Said) -> str:
    """Why it is urgent: how much hangs on it, what sets it apart, how large it is."""
    each = (partial(_reason, plan=plan, said=said, number=number) for number in range(_PARTS))
    told = (shape.said(one) for one in each)
    return commented("; ".join(text for text in told if text not in ("", "...")))


_PARTS = 5


def _reason(item: Item, *, plan: Plan, said: Said, number: int) -> str:
    """One of the reasons; "" where nothing is known of it."""
    finding, one = item.finding, plan.impacts.get(item.id)
    match number:
        case 0:
            sure = said.confidence or finding.confidence is Confidence.PROVEN
            return "" if sure else finding.confidence.value
        case 1:
            return impact.feature(one, finding) if one else ""
        case 2:
            number_of = one.affects.count if one and one.consequences.stops else 0
            return f"blocks {counted(number_of, 'table')}" if number_of else ""
        case 3:
            return "" if said.sentence else brief(finding)
        case _:
            rows = rows_in(finding.facts)
            return "" if rows is None else counted(rows, "row")


def _below(
    shape: Shape, plan: Plan, said: Said, style: Style, common: frozenset[detail.Pair]
) -> Iterator[str]:
    """What a row has no room for: only what the block does not say for all."""
    item, width = shape.first, style.width
    if not said.sentence and (style.verbose or not brief(item.finding)):
        yield from wrapped(shape.predicate, _BELOW, width=width)
    if isinstance(item.remedy, Manual) and not said.reason:
        yield from each_wrapped(f"by hand: {shape.repair}", f"{_BELOW}! ", width)
    elif style.verbose and not said.repair:
        yield from each_wrapped(shape.repair, f"{_BELOW}+ ", width)
    if (used := part_of(item.finding.facts, UseFacts)) and used.used_at:
        yield from wrapped(uses.summary(used), _BELOW, width=width)
    if missing := part_of(item.finding.facts, TableMissingFacts):
        for statement in missing.grants:
            yield from wrapped(f"{statement};", _BELOW, width=width)
    if style.verbose:
        yield from tenants.example(shape, _BELOW)
        yield from detail.lines(item, plan.impacts.get(item.id), common, style, _BELOW)
