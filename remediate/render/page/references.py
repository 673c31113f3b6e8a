"""The picture of the references: which tables hang on a broken one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from remediate.findings.finding import Tier
from remediate.plans.plan import Plan
from remediate.render.page.layers import Layout, Spot, connected, layout
from remediate.render.page.values import Box, Parent, References
from remediate.snapshots.tables import Name

BOXES = 60  # of more, nobody sees anything
WIDTH, HEIGHT = 196, 38  # of a box
_ACROSS, _DOWN = 256, 50  # from one box to the next
_MARGIN = 8
_LETTERS = 24  # of a label
_NAMED = 8  # children of a parent, in the table
_PARENTS = 200


def references(plan: Plan, anchors: Mapping[Name, str]) -> References:
    """Parents left of what references them; of too many tables, those alone that are referenced.

    `anchors` leads from each table with a finding to its worst one on the page.
    """
    below = plan.assessment.referenced_by
    tiers = worst_tiers(plan)
    everything = {*below, *(child for children in below.values() for child in children)}
    condensed = len(everything) > BOXES
    tables = sorted(below if condensed else everything)
    edges = [(parent, child) for parent in sorted(below) for child in below[parent]]
    edges = [edge for edge in edges if edge[1] in below or not condensed]
    shown = _shown(connected(tables, edges), below, tiers)
    kept = [edge for edge in edges if edge[0] in shown]
    placed = layout([table for table in tables if table in shown], kept)
    usual = Counter(table.schema for table in tables).most_common(1)
    return References(
        boxes=tuple(
            Box(
                *_corner(spot),
                label=_label(table, usual[0][0]),
                table=str(table),
                children=len(below.get(table, ())) if condensed else 0,
                tier=tiers.get(table),
                anchor=anchors.get(table, ""),
            )
            for table, spot in placed.spots.items()
        ),
        lines=tuple(_line(placed, *edge) for edge in kept),
        width=max(placed.layers - 1, 0) * _ACROSS + WIDTH + 2 * _MARGIN,
        height=max(placed.rows - 1, 0) * _DOWN + HEIGHT + 2 * _MARGIN,
        parents=_parents(below, tiers, anchors) if condensed else (),
        apart=len(tiers.keys() - everything),
    )


def worst_tiers(plan: Plan) -> dict[Name, Tier]:
    """Of each table with a finding the tier of its worst one."""
    found: dict[Name, Tier] = {}
    for item in plan.items:
        impact, table = plan.impacts.get(item.id), item.finding.place.table
        if impact and table:
            known = found.setdefault(impact.table or table, impact.risk.tier)
            found[impact.table or table] = min(known, impact.risk.tier, key=lambda t: t.rank)
    return found


def _shown(
    groups: Iterable[Sequence[Name]],
    below: Mapping[Name, Sequence[Name]],
    tiers: Mapping[Name, Tier],
) -> frozenset[Name]:
    """Whole groups, as many as fit: those first in which the worst parent fails."""

    def urgency(group: Sequence[Name]) -> tuple[int, int]:
        ranks = [tiers[table].rank for table in group if table in tiers and below.get(table)]
        return min(ranks, default=len(Tier)), -len(group)

    found: set[Name] = set()
    for group in sorted(groups, key=urgency):
        if len(found) + len(group) <= BOXES:
            found.update(group)
    return frozenset(found)


def _parents(
    below: Mapping[Name, Sequence[Name]],
    tiers: Mapping[Name, Tier],
    anchors: Mapping[Name, str],
) -> tuple[Parent, ...]:
    """Those that others reference, the worst and most referenced first."""
    ranks = {table: tiers[table].rank if table in tiers else len(Tier) for table in below}
    ordered = sorted(ranks, key=lambda table: (ranks[table], -len(below[table]), table))
    return tuple(
        Parent(
            table=str(table),
            tier=tiers.get(table),
            anchor=anchors.get(table, ""),
            children=len(below[table]),
            failing=sum(child in tiers for child in below[table]),
            named=_named(below[table]),
        )
        for table in ordered[:_PARENTS]
    )


def _named(children: Sequence[Name]) -> str:
    more = len(children) - _NAMED
    named = ", ".join(map(str, children[:_NAMED]))
    return f"{named} and {more:,} more" if more > 0 else named


def _corner(spot: Spot) -> tuple[int, int]:
    return _MARGIN + spot.layer * _ACROSS, _MARGIN + round(spot.row * _DOWN)


def _line(placed: Layout[Name], parent: Name, child: Name) -> str:
    """From the right of the parent to the left of the child; a bow, where they share a layer."""
    (x, y), (to_x, to_y) = (_corner(placed.spots[one]) for one in (parent, child))
    start, end = (x + WIDTH, y + HEIGHT // 2), (to_x, to_y + HEIGHT // 2)
    bow = (_ACROSS - WIDTH) // 2
    bend = (start[0] + bow, end[0] - bow)
    if x == to_x:
        end, bend = (to_x + WIDTH, end[1]), (start[0] + bow, start[0] + bow)
    points = (start, (bend[0], start[1]), (bend[1], end[1]), end)
    return "M{} {}C{} {} {} {} {} {}".format(*chain.from_iterable(points))


def _label(table: Name, usual: str) -> str:
    """The name as far as it fits, with its schema where that is not the usual one."""
    text = table.name if table.schema == usual else str(table)
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
