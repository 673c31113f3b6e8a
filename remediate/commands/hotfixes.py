"""What psql did of a project's revisions, which Alembic has not recorded."""

from collections.abc import Mapping

from remediate.commands import graph
from remediate.findings.finding import Severity
from remediate.project import history as revisions
from remediate.project.inspection import ProjectReading, Reading
from remediate.revisions.graph import alembic_errors
from remediate.snapshots.history import NOTHING_UNRECORDED, Unrecorded
from remediate.verification import keys
from remediate.verification.unrecorded import unrecorded, with_parts

Repaired = tuple[dict[str, None], dict[str, tuple[str, ...]]]


def repaired_here(reading: Reading, not_done: str = "Nothing was verified.") -> Repaired:
    """The ids of what the revisions have repaired, and of those that wait to be run.

    Raises Refused where they form no history, UsageProblem where one fails as it is loaded;
    `not_done` says in a sentence what did not happen for that.
    """
    if not isinstance(reading, ProjectReading):
        return {}, {}
    graph.check(reading.declared.history, not_done)
    environment = reading.environment
    with alembic_errors():
        return revisions.repaired(reading.project.script, environment.heads, environment.engine)


def hotfixes(reading: Reading) -> dict[str, str]:
    """The revisions that psql may have run, and the script of each.

    None where `alembic stamp` is of several databases, or stops itself.
    """
    if not isinstance(reading, ProjectReading) or reading.environment.engine:
        return {}
    if graph.stuck(reading.declared):
        return {}
    return revisions.hotfixes({r.id: r.source.file for r in reading.declared.history.ahead})


def unfinished(reading: Reading, found: Mapping[str, Severity]) -> Unrecorded:
    """What psql did of the revisions that wait; `found`: the ids of all that is found."""
    scripts = hotfixes(reading)
    if not scripts:
        return NOTHING_UNRECORDED
    _, ahead = repaired_here(reading)
    history = reading.declared.history
    waiting = with_parts(ahead, scripts, history)
    ids = dict.fromkeys(id_ for of_one in waiting.values() for id_ in of_one)
    looked = {id_: keys.verify(id_, reading.live, reading.declared, found) for id_ in ids}
    return unrecorded(waiting, scripts, looked, history)
