"""`remediate runbook`: what to do at 3 a.m., for this database and this incident."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from remediate import __version__, scope
from remediate.config import Config
from remediate.errors import Refused
from remediate.finding import Severity
from remediate.generation import Order, generate
from remediate.plan import Landed, Plan
from remediate.planning import planned
from remediate.reading import read
from remediate.remedy import Remedy
from remediate.render.runbook import Runbook
from remediate.schema import Name


@dataclass(frozen=True, slots=True)
class Hotfix:
    """The emergency revision that is to be written, and on whose word."""

    tables: tuple[str, ...] = ()  # globs
    reviewer: str = ""
    rehearse: bool = True


def runbook(config: Config, hotfix: Hotfix, say: Callable[[str], None]) -> Runbook:
    """What was read, and the emergency revision for the tables of the hotfix.

    Raises Refused where none of them refuses INSERT, and whatever `generate` raises.
    """
    reading = read(config)
    plan = planned(reading, config)
    landed: tuple[Landed, ...] = ()
    tables = scope.named(reading.live, hotfix.tables)
    if hotfix.tables:
        ids = _urgent(plan, tables)
        order = Order(
            approve=ids, reviewer=hotfix.reviewer, one=True, rehearse=hotfix.rehearse, hotfix=True
        )
        landed = generate(replace(config, table=hotfix.tables), order, say)
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Runbook(plan, now, __version__, landed, tables)


def _urgent(plan: Plan, tables: frozenset[Name]) -> tuple[str, ...]:
    """What keeps rows out of these tables now, and can be mended in a moment."""
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
            f"nothing that can be repaired keeps rows out of {_listed(sorted(tables))}",
            "What else is found: remediate plan",
        )
    return ids


def _listed(names: Sequence[Name]) -> str:
    return ", ".join(map(str, names[:5])) + (" ..." if len(names) > 5 else "")
