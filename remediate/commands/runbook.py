"""`remediate runbook`: what to do at 3 a.m., for this database and this incident."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from remediate import __version__
from remediate.catalog import sizes
from remediate.commands.generate import generate
from remediate.commands.generate_options import GenerateOptions
from remediate.commands.planning import planned
from remediate.commands.progress import Progress, silent
from remediate.config import Config
from remediate.errors import Refused
from remediate.findings import selection
from remediate.findings.remedy import Remedy
from remediate.plans import backup, left_out
from remediate.plans.approval import approves, is_pressing
from remediate.plans.backup import NO_BACKUP, Backup
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Landed, Plan
from remediate.postgres import client
from remediate.project.inspection import read
from remediate.project.reading import Reading
from remediate.render import order
from remediate.render.runbook import Runbook
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class RunbookOptions:
    """The emergency revision that is to be written with the runbook, and who approved it."""

    hotfix: tuple[str, ...] = ()
    """Globs of the tables that it repairs; empty: none is written."""
    reviewer: str = ""
    """Who approves it; the revision names them."""
    backup: str = ""
    """Where the backup of before is kept, as the reviewer tells it; the settings may demand it."""
    rehearse: bool = True
    """Prove it on a scratch PostgreSQL before it is written."""
    head: str | None = None
    """Revision that it follows, where the project has several heads."""
    before: tuple[str, ...] = ()
    """Revisions that have not run, and are to follow it: their down_revision changes."""


def runbook(
    config: Config, options: RunbookOptions = RunbookOptions(), progress: Progress = silent
) -> Runbook:
    """What to do at 3 a.m. for this database, and the emergency revision where one is asked for.

    Raises UsageProblem for a glob that fits no table, Refused where no error is found in the tables
    of the hotfix, and whatever `generate` raises.
    """
    reading = read(config)
    plan = planned(reading, config)
    stopping, spoiling = _errors(plan, _stops), _errors(plan, _spoils)
    now = _at_their_keys(plan, stopping | spoiling)
    first = tuple(i.finding.id for i in plan.repairable if i.finding.id in now)
    landed: tuple[Landed, ...] = ()
    if options.hotfix:
        first = _urgent(plan, selection.named(reading.live, options.hotfix), now)
        landed = generate(
            replace(config, table=options.hotfix), _revision(first, options), progress
        )
    work = first or tuple(i.id for i in plan.repairable if approves(order.approval(plan), i))
    before = _backup(plan, work, reading)
    return Runbook(
        plan=plan,
        made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=__version__,
        landed=landed,
        first=frozenset(first),
        work=frozenset(work),
        stopping=stopping,
        spoiling=spoiling,
        backup=before,
        reach=client.address(reading.libpq),
    )


def _backup(plan: Plan, work: Sequence[str], reading: Reading) -> Backup:
    """The one before the repair of these findings."""
    chosen = (i.remedy for i in plan.items if i.id in work)
    remedies = [remedy for remedy in chosen if isinstance(remedy, Remedy)]
    if not remedies:
        return NO_BACKUP
    with client.connect(reading.libpq) as connection:
        return backup.of(remedies, reading.live, sizes.read(connection))


def _revision(ids: tuple[str, ...], options: RunbookOptions) -> GenerateOptions:
    return GenerateOptions(
        approve=ids,
        reviewer=options.reviewer,
        backup=options.backup,
        one=True,
        head=options.head,
        before=options.before,
        rehearse=options.rehearse,
        hotfix=True,
    )


def _errors(plan: Plan, does: Callable[[Impact], bool]) -> frozenset[str]:
    """The ids of findings that do this now, as far as that is certain."""
    errors = (i.finding.id for i in plan.items if is_pressing(i.finding))
    return frozenset(id_ for id_ in errors if id_ in plan.impacts and does(plan.impacts[id_]))


def _at_their_keys(plan: Plan, ids: frozenset[str]) -> frozenset[str]:
    """These, and the other errors at the same columns: a key that is filled again is to last."""
    places = {i.finding.place for i in plan.items if i.id in ids}
    return ids | {i.id for i in plan.items if i.finding.place in places and is_pressing(i.finding)}


def _stops(impact: Impact) -> bool:
    return impact.stops_now


def _spoils(impact: Impact) -> bool:
    return impact.spoils_now


def _urgent(plan: Plan, tables: frozenset[Name], now: Collection[str]) -> tuple[str, ...]:
    """The errors at these tables that a transaction repairs: those that hurt now, or else all.

    So has the page without a hotfix. `now`: the ids of what hurts now.
    """
    found = [item for item in plan.items if item.finding.place.table in tables]
    errors = [item for item in found if is_pressing(item.finding)]
    ids = tuple(i.id for i in errors if isinstance(i.remedy, Remedy) and i.remedy.steps)
    ids = tuple(id_ for id_ in ids if id_ in now) or ids
    if not ids:
        what = "no error that can be repaired" if errors else "no error"
        already = "" if found else ": there is nothing to repair, or it was repaired already"
        first = f"{what} is found at {_listed(sorted(tables))}{already}"
        others = left_out.sentences(replace(plan, items=tuple(errors or found)), ["all"], ())
        raise Refused(
            "\n".join((first, *others)),
            "What else is found, and what could not be read: remediate plan",
        )
    return ids


def _listed(names: Sequence[Name]) -> str:
    return ", ".join(map(str, names[:5])) + (" ..." if len(names) > 5 else "")
