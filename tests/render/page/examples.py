"""Plans of values alone, whose names try to break out of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from remediate.analysis.pace import PaceFacts
from remediate.findings.effects import When
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Healthy,
    Place,
    Severity,
    Tier,
    Unverified,
)
from remediate.findings.remedy import Hazard, Lock, Manual, Remedy, Step
from remediate.plans.headroom import Room
from remediate.plans.impact.consequences import Consequences
from remediate.plans.impact.graph import Reach
from remediate.plans.impact.impact import Assessment, Impact
from remediate.plans.impact.risk import Risk
from remediate.plans.made import Made
from remediate.plans.plan import Item, Plan
from remediate.snapshots.live import DatabaseIdentity
from remediate.snapshots.tables import Location, Name

HOSTILE = Name("public", "</title><script>alert(1)</script>\"'&\u202eevil")
CHILD, ORDERS = Name("public", "child"), Name("public", "orders")
SHOP = DatabaseIdentity("shop", "db.example:5432", 180006, "1")
NOW = "2026-11-30T21:40:00+00:00"
_RANKS = {Tier.CRITICAL: When.NOW, Tier.HIGH: When.SOON, Tier.MEDIUM: When.SOON}


@dataclass(frozen=True, slots=True)
class Rows(Facts):
    """What the examples were found out about."""

    rows: int = 1234


def item(table: Name, rule: str = "PK001", *, manual: bool = False) -> Item:
    """A key of this table that nothing generates."""
    message = f"{table}.id has no default: every INSERT without an id fails"
    finding = Finding(
        rule, "key-without-default", Place(table, "id"), Severity.ERROR, Confidence.PROVEN, message,
        Rows(), Location("models.py", 7), query=f"SELECT '{table.sql}'::regclass",
    )  # fmt: skip
    up = f"ALTER TABLE {table.sql} ALTER COLUMN id SET DEFAULT 1"
    down = f"ALTER TABLE {table.sql} ALTER COLUMN id DROP DEFAULT"
    step = Step(up, down, Lock.ACCESS_EXCLUSIVE, table, hazards=(Hazard.EXPLICIT_IDS,))
    remedy = Remedy("create a sequence", "drop the default", (step,), (), ())
    return Item.of(finding, Manual("a person decides") if manual else remedy)


def impact(one: Item, tier: Tier) -> Impact:
    """What such a finding does."""
    when = _RANKS.get(tier, When.SOME_DAY)
    sure = 1 if when is When.SOME_DAY else 3
    risk = Risk(sure, 3 - min(tier.rank, 2), tier, ("proven, now",))
    told = Consequences(when, stops=True, broken="a plain INSERT fails")
    table = one.finding.place.table
    return Impact(one.id, table, "", risk, told, Reach(), Reach(), Reach(), Reach(), ())


def plan(
    tiers: Mapping[Item, Tier],
    below: Mapping[Name, Sequence[Name]] | None = None,
    rooms: tuple[Room, ...] = (),
) -> Plan:
    """A plan of these findings, in this order of urgency."""
    counts = [*tiers.values()]
    return Plan(
        SHOP,
        items=tuple(tiers),
        healthy=(Healthy(Place(ORDERS, "id"), "an identity column"),),
        unverified=(Unverified(Place(CHILD, "id"), "no right to read it", "SELECT 1"),),
        heads=("0005",),
        tables=max(len(tiers), 32),
        impacts={one.id: impact(one, tier) for one, tier in tiers.items()},
        assessment=Assessment(
            score=33,
            tiers={tier: counts.count(tier) for tier in Tier if tier in counts},
            referenced_by={table: tuple(tables) for table, tables in (below or {}).items()},
            repair_order=tuple(one.id for one in tiers),
        ),
        headroom=rooms,
        made=Made(NOW, "0.1.0"),
    )


def room(table: Name, share: float, days: float | None = None, sure: str = "good") -> Room:
    """A key of integer that is so full, and for so many days not yet."""
    limit = 2**31 - 1
    left = int(limit * (1 - share))
    pace = PaceFacts(left / days, "rows", 21.0, sure) if days else None
    return Room(table, "id", int(limit * share) + 1, limit, "integer", share, left, days, pace)


def hostile() -> Plan:
    """A small plan with everything that a page shows."""
    tiers = {
        item(HOSTILE): Tier.CRITICAL,
        item(CHILD): Tier.HIGH,
        item(ORDERS, "SEQ002", manual=True): Tier.LOW,
    }
    rooms = (room(ORDERS, 0.96, 65.0), room(CHILD, 0.5), room(HOSTILE, 0.1))
    return plan(tiers, {HOSTILE: (CHILD, ORDERS), CHILD: (ORDERS,)}, rooms)


def many(number: int) -> Plan:
    """So many findings, as a large database has them."""
    tables = [Name("public", f"customer_history_{n}") for n in range(number)]
    tiers = [*Tier]
    items = {item(table): tiers[min(n // 10, 3)] for n, table in enumerate(tables)}
    rooms = tuple(room(table, n / number) for n, table in enumerate(tables))
    return plan(items, {tables[0]: tables[1:], tables[1]: tables[2:5]}, rooms)
