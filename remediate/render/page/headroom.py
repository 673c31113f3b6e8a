"""How full each key is: a bar of the ids used, and one of the ids left."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import log10

from remediate.analysis.capacity import NEAR, URGENT, WATCHED
from remediate.analysis.pace import rate
from remediate.plans.headroom import Room
from remediate.plans.plan import Plan
from remediate.postgres.sql import quote
from remediate.render.page.values import Gauge, Headroom
from remediate.snapshots.tables import INTEGER_MAX

MOST = 60  # that are shown
_POWERS = log10(INTEGER_MAX["bigint"])  # the length of the scale of ids left
_FAR = 36_500.0  # days: beyond a hundred years no date is of use


def headroom(plan: Plan, anchors: Mapping[str, str]) -> Headroom:
    """The keys of the plan by the time that is left; `anchors` by the places of findings."""
    ordered = sorted(plan.headroom, key=lambda room: room.urgency)
    at = plan.made.at if plan.made else ""
    gauges = tuple(_gauge(room, at, anchors) for room in ordered[:MOST])
    return Headroom(
        gauges=gauges,
        others=len(ordered) - len(gauges),
        known=bool(plan.headroom),
        dated=any(gauge.full_on for gauge in gauges),
    )


def _gauge(room: Room, at: str, anchors: Mapping[str, str]) -> Gauge:
    key = f"{room.table}.{quote(room.column)}"
    return Gauge(
        key=key,
        limited_by=room.limited_by,
        used=round(min(room.share * 100, 100.0 if not room.remaining else 99.9), 1),
        left=room.remaining,
        left_width=round(100 * log10(room.remaining + 1) / _POWERS, 1),
        level=_level(room.share),
        full_on=_full_on(room, at),
        pace=rate(room.pace) if room.pace else "",
        anchor=anchors.get(key, ""),
    )


def _level(share: float) -> str:
    if share >= URGENT:
        return "urgent"
    if share >= NEAR:
        return "near"
    return "watched" if share >= WATCHED else "calm"


def _full_on(room: Room, at: str) -> str:
    """The day on which no id is left; "" where the pace or the time of the plan is not known."""
    days, pace = room.days_left, room.pace
    if days is None or pace is None or not at:
        return ""
    if days > _FAR:
        return "in more than 100 years"
    return f"{pace.about} {datetime.fromisoformat(at) + timedelta(days=days):%Y-%m-%d}"
