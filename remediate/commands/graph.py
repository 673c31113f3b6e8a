"""What is refused where the revisions of a project form no history."""

from remediate.errors import Refused
from remediate.rules.revisions.graph_broken import mend, message
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Stuck, broken


def stuck(declared: Declared) -> Stuck | None:
    """Why Alembic can run no revision of the project; None where nothing is known against it."""
    for one in broken(declared.history):
        if one.fatal:
            return Stuck(message(one), of_graph=True)
    failing = (m.file for m in declared.unread_modules if m.stops_alembic)
    return next((Stuck(f"Alembic fails as it loads {f}", of_graph=False) for f in failing), None)


def check(history: History, not_done: str) -> None:
    """Raises Refused where Alembic itself could not follow the revisions.

    `not_done` says in a sentence what did not happen for that.
    """
    for one in broken(history):
        if one.fatal:
            raise Refused(message(one), f"{not_done} First {mend(one)}.")
