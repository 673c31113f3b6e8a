"""`remediate generate`: approved findings become proven revisions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from remediate.agreement import Agreed, agreed
from remediate.approval import approved, check_hazards, split
from remediate.config import Config
from remediate.errors import Refused, UsageProblem
from remediate.history import History, broken
from remediate.landing import land
from remediate.plan import Landed, Plan, Proof
from remediate.plan_settings import with_settings
from remediate.planning import planned
from remediate.read import plan_file
from remediate.read import project as projects
from remediate.reading import read
from remediate.rehearsing import rehearsal
from remediate.revision import drafts
from remediate.saved import SavedPlan
from remediate.write.graph import Placement, check_up_to_date
from remediate.write.rehearsal import rehearse
from remediate.write.revisions import Site, staged
from remediate.write.scratch import scratch


@dataclass(frozen=True, slots=True)
class Order:
    """What `generate` is to write, and on whose word."""

    plan: Path | None = None  # a reviewed one; instead of the next two
    approve: tuple[str, ...] = ()
    reviewer: str = ""
    message: str = ""
    one: bool = False
    placement: Placement = field(default_factory=Placement)
    rehearse: bool = True
    hotfix: bool = False  # also as scripts for psql


def generate(config: Config, order: Order, say: Callable[[str], None]) -> tuple[Landed, ...]:
    """Write the revisions of the approved findings into the project: stage, rehearse, land.

    Raises Refused when nothing is approved or revisions wait to be run, RehearsalFailed when the
    scratch server refutes one; in every case the versions folder is as it was.
    """
    saved = plan_file.load(order.plan) if order.plan else None
    if saved:
        config = with_settings(config, saved.settings)
    reading = read(config)
    if reading.project is None or reading.environment is None:
        raise UsageProblem(
            "a revision needs an Alembic project, and there is none here",
            "Run it in the folder of alembic.ini, or name the file with --config.",
        )
    _check_history(reading.declared.history)
    plan = planned(reading, config)
    chosen = _chosen(plan, saved, config, order)
    if saved and chosen.new:
        say(f"Found since the plan was made, and not in it: {', '.join(chosen.new)}")
    if not chosen.items:
        return ()
    parts = split(chosen.items, config.first, one=order.one)
    made = drafts(parts, order.message)
    site = _site(reading.project, reading.environment)
    check_up_to_date(site.script, reading.environment.heads, made, order.placement)
    with staged(site, made, order.placement) as files:
        proofs: tuple[Proof | None, ...] = (None,) * len(files)
        if order.rehearse:
            with scratch(config.scratch_url) as server:
                say(f"Rehearsing on {server.source} ...")
                proofs = rehearse(rehearsal(reading, config, files, site), server)
        return land(
            files, site, reading, (chosen.reviewer, proofs), plan.impacts, hotfix=order.hotfix
        )


def _chosen(plan: Plan, saved: SavedPlan | None, config: Config, order: Order) -> Agreed:
    """What a reviewed plan approves, or what the command itself does."""
    if saved:
        return agreed(saved, plan, str(order.plan), config.allow)
    items = approved(plan, order.approve, order.reviewer)
    check_hazards(items, config.allow)
    return Agreed(items, order.reviewer, ())


def _site(project: projects.Project, environment: projects.Environment) -> Site:
    tokens = (environment.upgrade_token, environment.downgrade_token)
    return Site(project.script, project.config, tokens)


def _check_history(history: History) -> None:
    """Raises Refused where Alembic itself could not follow the revisions."""
    for one in broken(history):
        if one.fatal:
            raise Refused(one.message, f"Nothing was written. First {one.mend}.")
