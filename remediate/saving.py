"""`remediate plan --save`, and what a saved plan is compared with."""

from dataclasses import dataclass
from pathlib import Path

from remediate.agreement import check_database
from remediate.config import Config
from remediate.errors import Refused
from remediate.plan import Plan
from remediate.plan_diff import Difference, difference
from remediate.plan_settings import shaping
from remediate.read import plan_file
from remediate.render import json
from remediate.saved import SavedPlan, carried, parsed
from remediate.write import plan_file as files


@dataclass(frozen=True, slots=True)
class Saved:
    """A plan that was saved, and what became of the decisions that its file held."""

    path: Path
    plan: SavedPlan
    kept: int
    fallen: tuple[str, ...]  # ids of items that are others by now, or gone


def save(plan: Plan, config: Config, path: Path) -> Saved:
    """Write the plan to its file; decisions about unchanged items stay.

    Raises Refused where the file holds the plan of another database, UsageProblem where it is no
    plan, or cannot be written.
    """
    new = saved(plan, config)
    fallen: tuple[str, ...] = ()
    if path.exists():
        old = plan_file.load(path)
        try:
            check_database(old, plan.database)
        except Refused as error:
            raise Refused(f"{path}: {error.message}", "Save it under another name.") from error
        new, fallen = carried(new, old)
    files.save(new, path)
    return Saved(path, new, sum(item.decision is not None for item in new.items), fallen)


def saved(plan: Plan, config: Config) -> SavedPlan:
    """The plan as its file holds it, before anybody decided."""
    return parsed({**json.document(plan), "settings": shaping(config)})


def compare(plan: Plan, config: Config, path: Path) -> Difference:
    """What is new, gone and changed since the plan in the file."""
    old = plan_file.load(path)
    check_database(old, plan.database)
    return difference(saved(plan, config), old)
