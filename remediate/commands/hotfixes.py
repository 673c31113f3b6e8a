"""What revisions of a project have repaired, and the scripts of those that psql may have run."""

from remediate.commands import graph
from remediate.project import history as revisions
from remediate.project.failures import alembic_errors
from remediate.project.reading import ProjectReading, Reading

Repaired = tuple[dict[str, str], dict[str, tuple[str, ...]]]


def repaired_here(reading: Reading, not_done: str = "Nothing was verified.") -> Repaired:
    """The ids of what the revisions have repaired, each with its revision, and those of each that
    waits to be run.

    Raises Refused where they form no history, UsageProblem where one fails as it is loaded;
    `not_done` says in a sentence what did not happen for that.
    """
    if not isinstance(reading, ProjectReading):
        return {}, {}
    graph.check(reading.declared.history, not_done)
    environment = reading.environment
    with alembic_errors():
        return revisions.repaired(
            reading.project.script, environment.heads, environment.engine, environment.schema
        )


def left_alone(reading: Reading) -> frozenset[str]:
    """The ids of what a revision was to repair that had nothing to do in this database."""
    passed = reading.declared.history.passed_over
    done = repaired_here(reading)[0] if passed else {}
    return frozenset(id_ for id_, revision in done.items() if revision in passed)


def hotfixes(reading: Reading) -> dict[str, str]:
    """The revisions that psql may have run, and the script of each.

    None where `alembic stamp` is of several databases, or stops itself.
    """
    if not isinstance(reading, ProjectReading) or reading.environment.engine:
        return {}
    if graph.stuck(reading.declared):
        return {}
    return revisions.hotfixes({r.id: r.source.file for r in reading.declared.history.ahead})
