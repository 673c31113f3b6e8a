"""A plan as Markdown, for a pull request or an issue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from remediate.analysis import uses
from remediate.analysis.uses import UseFacts
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.plan import Item, Plan
from remediate.plans.shapes import Shape, shapes
from remediate.plans.urgency import most_urgent_first
from remediate.postgres.templates import environment
from remediate.render import (
    alternatives,
    closing,
    divergence,
    flows,
    header,
    impact,
    locks,
    mermaid,
    order,
    origins,
    tenants,
)
from remediate.render.evidence import psql
from remediate.render.room import COMMENT, fitted
from remediate.system import invocation

_ROWS = 12  # of the table that is seen at once; the rest is folded
_LISTED = 20  # of each other list, where room is short
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Extent:
    """How much of a plan is shown."""

    findings: int  # shapes, the most urgent ones
    sql: bool = False
    queries: bool = False
    listed: int | None = _LISTED  # of each other list; None: all


def markdown(plan: Plan, sql: str, nothing: str = "", *, room: int = COMMENT) -> str:
    """The table of risks, each finding with a box to tick, and the SQL of the repair.

    It has as many bytes at most as there is `room`: the SQL, the queries, and then the least urgent
    findings are left out, and counted. HTML folds what is long. Without a finding it says
    `nothing`, by default that nothing is found.
    """
    ordered = shapes(most_urgent_first(plan))
    made = partial(_paper, plan, ordered, sql, nothing or closing.nothing(plan))
    all_ = len(ordered)
    whole = (
        _Extent(all_, sql=True, queries=True, listed=None),
        _Extent(all_, queries=True, listed=None),
        _Extent(all_, listed=None),
    )
    return fitted(
        [partial(made, extent) for extent in whole],
        lambda number: made(_Extent(number)),
        all_,
        room,
    )


def _paper(plan: Plan, ordered: Sequence[Shape], sql: str, nothing: str, extent: _Extent) -> str:
    planned = (i for i in plan.items if not i.is_choice)
    remedies = [i.remedy for i in planned if isinstance(i.remedy, Remedy)]
    shown = ordered[: extent.findings]
    text = (
        environment()
        .get_template("plan.md.j2")
        .render(
            plan=plan,
            without_database=_without_database(plan),
            nothing=nothing,
            uncounted=impact.uncounted(plan),
            by_hand=[i for i in plan.items if isinstance(i.remedy, Manual)],
            affected=_table(plan, shown, _ROWS),
            more=_more(ordered[extent.findings :]),
            flows=flows.markdown(plan.assessment.flows),
            cycles=_some([*map(impact.cycle_sentence, plan.assessment.cycles)], extent),
            graph=mermaid.graph(plan),
            groups=_by_kind(shown),
            locks=_some(locks.of_all(remedies), extent),
            sql=sql if remedies and extent.sql else "",
            sql_left_out=_sql_elsewhere() if remedies and not extent.sql else "",
            queries=psql if extent.queries else _nothing,
            origins=partial(origins.sentences, known=plan.origins),
            apart=[*divergence.sentences(plan.divergences.values())],
            order=order.sentences,
            costs=alternatives.sentences,
            alike=alternatives.alike,
            used=_used,
            by_schemas=tenants.by_schemas,
            schemas=tenants.all_named,
            revealed=_some(plan.revealed, extent),
            unverified=_some(plan.unverified, extent),
        )
    )
    return text.rstrip("\n")


def _some(values: Sequence[T], extent: _Extent) -> tuple[Sequence[T], int]:
    """Those that are shown, and how many are not."""
    shown = values if extent.listed is None else values[: extent.listed]
    return shown, len(values) - len(shown)


def _table(plan: Plan, shown: Sequence[Shape], rows: int) -> tuple[str, str, int]:
    """The table of these findings as far as it is seen at once, its rest, and the rows of that."""
    items = tuple(item for shape in shown for item in shape.items)
    lines = impact.markdown(replace(plan, items=items)).splitlines()
    head, body = lines[:2], lines[2:]
    rest = body[rows:]
    return "\n".join(head + body[:rows]), "\n".join(head + rest) if rest else "", len(rest)


def _more(left: Iterable[Shape]) -> str:
    number = sum(len(shape.items) for shape in left)
    return f"and {number:,} more: {invocation.remediate('plan --all')}" if number else ""


def _sql_elsewhere() -> str:
    return f"The statements are too long for this page: {invocation.remediate('plan --sql')}"


def _nothing(_finding: Finding) -> str:
    return ""


def _by_kind(shown: Iterable[Shape]) -> list[list[Shape]]:
    """Those of one rule and weight together, in the order of the most urgent of each."""
    groups: dict[tuple[str, ...], list[Shape]] = {}
    for shape in shown:
        groups.setdefault(_kind(shape), []).append(shape)
    return [*groups.values()]


def _without_database(plan: Plan) -> list[str]:
    """What was read, where it was no database."""
    return [] if plan.database.version else [" ".join(one.split()) for one in header.lines(plan)]


def _used(item: Item) -> str:
    """Where code names a model without a table; "" for other findings."""
    facts = part_of(item.finding.facts, UseFacts)
    return uses.summary(facts) if facts else ""


def _kind(shape: Shape) -> tuple[str, ...]:
    finding = shape.first.finding
    return finding.rule, finding.severity, finding.confidence
