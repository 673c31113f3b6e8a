"""Plans in files: written with the decisions that they hold, and compared with."""

from dataclasses import dataclass
from pathlib import Path

from remediate.errors import Refused
from remediate.plans import plan_file
from remediate.plans.agreement import check_database
from remediate.plans.decisions import carried
from remediate.plans.diff import Difference, difference
from remediate.plans.plan import Plan


@dataclass(frozen=True, slots=True)
class Saved:
    """A plan that was saved, and what became of the decisions that its file held."""

    path: Path
    plan: Plan
    kept: int
    fallen: tuple[str, ...]  # ids of items that are others by now, or gone


def save(plan: Plan, path: Path) -> Saved:
    """Write the plan to its file; decisions about unchanged items stay.

    Raises Refused where the file holds the plan of another database, UsageProblem where it is no
    plan, or cannot be written.
    """
    new = plan.on_file
    fallen: tuple[str, ...] = ()
    if path.exists():
        old = plan_file.load(path)
        try:
            check_database(old, plan.database)
        except Refused as error:
            raise Refused(f"{path}: {error.message}", "Save it under another name.") from error
        new, fallen = carried(new, old)
    plan_file.save(new, path)
    return Saved(path, new, sum(bool(item.decisions) for item in new.items), fallen)


def compare(plan: Plan, path: Path) -> Difference:
    """What is new, gone and changed since the plan in the file."""
    old = plan_file.load(path)
    check_database(old, plan.database)
    return difference(plan.on_file, old)
