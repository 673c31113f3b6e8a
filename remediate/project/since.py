"""Where keys stood when a plan was saved: from then on, how fast their ids are used."""

from collections.abc import Mapping
from datetime import UTC, datetime

from remediate.errors import UsageProblem
from remediate.plans import plan_file
from remediate.plans.agreement import check_database
from remediate.snapshots.live import Database
from remediate.snapshots.marks import Basis, Mark
from remediate.snapshots.tables import Name

_DAY = 86400  # seconds


def marks(path: str, database: Database) -> Mapping[tuple[Name, str], tuple[Mark, ...]]:
    """The next id of each key that the plan in this file counted, and how long ago that was.

    Raises UsageProblem for a file that is no plan, or does not say when it was made; Refused for
    the plan of another database.
    """
    saved = plan_file.load(path)
    check_database(saved, database.identity)
    if saved.made is None or not saved.headroom:
        raise UsageProblem(
            f"{path} holds no next ids with their time: an older version saved it",
            "Save a plan now, and name it with --since in a week: remediate plan --save plan.json",
        )
    ago = datetime.now(UTC) - datetime.fromisoformat(saved.made.at)
    days = ago.total_seconds() / _DAY
    return {
        (room.table, room.column): (Mark(room.next, days, Basis.PLAN),)
        for room in saved.headroom
        if room.next is not None
    }
