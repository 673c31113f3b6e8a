"""`remediate runbook`: what to do at 3 a.m., for this database and this incident."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from remediate import __version__
from remediate.commands.generate import Order, generate
from remediate.commands.plan import planned
from remediate.config import Config
from remediate.errors import Refused
from remediate.findings import selection
from remediate.findings.finding import Severity
from remediate.findings.remedy import Remedy
from remediate.plans.plan import Landed, Plan
from remediate.project.inspection import read
from remediate.render.runbook import Runbook
from remediate.revisions.graph import Placement
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Hotfix:
    """The emergency revision that is to be written, and on whose word."""

    tables: tuple[str, ...] = ()  # globs
    reviewer: str = ""
    rehearse: bool = True
    head: str | None = None  # to follow, where there are several


def runbook(config: Config, hotfix: Hotfix, say: Callable[[str], None]) -> Runbook:
    """What was read, and the emergency revision for the tables of the hotfix.

    Raises Refused where no error is found there, and whatever `generate` raises.
    """
    reading = read(config)
    plan = planned(reading, config)
    stopping = _stopping(plan)
    first = tuple(i.finding.id for i in plan.repairable if i.finding.id in stopping)
    landed: tuple[Landed, ...] = ()
    if hotfix.tables:
        first = _urgent(plan, selection.named(reading.live, hotfix.tables))
        landed = generate(replace(config, table=hotfix.tables), _order(first, hotfix), say)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Runbook(plan, now, __version__, landed, frozenset(first), stopping)


def _order(ids: tuple[str, ...], hotfix: Hotfix) -> Order:
    return Order(
        approve=ids,
        reviewer=hotfix.reviewer,
        one=True,
        placement=Placement(head=hotfix.head),
        rehearse=hotfix.rehearse,
        hotfix=True,
    )


def _stopping(plan: Plan) -> frozenset[str]:
    """What keeps rows out of a table now, as far as that is certain."""
    errors = (i.finding.id for i in plan.items if i.finding.severity is Severity.ERROR)
    return frozenset(id_ for id_ in errors if id_ in plan.impacts and plan.impacts[id_].stops_now)


def _urgent(plan: Plan, tables: frozenset[Name]) -> tuple[str, ...]:
    """The errors at these tables that a transaction repairs."""
    ids = tuple(
        item.finding.id
        for item in plan.items
        if item.finding.place.table in tables
        and item.finding.severity is Severity.ERROR
        and isinstance(item.remedy, Remedy)
        and item.remedy.steps
    )
    if not ids:
        raise Refused(
            f"no error that can be repaired is found at {_listed(sorted(tables))}",
            "What else is found: remediate plan",
        )
    return ids


def _listed(names: Sequence[Name]) -> str:
    return ", ".join(map(str, names[:5])) + (" ..." if len(names) > 5 else "")
