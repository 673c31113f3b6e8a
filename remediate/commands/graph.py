"""What is refused where the revisions of a project form no history."""

from remediate.errors import Refused
from remediate.rules.revisions.graph_broken import mend, message
from remediate.snapshots.history import History, broken


def check(history: History, not_done: str) -> None:
    """Raises Refused where Alembic itself could not follow the revisions.

    `not_done` says in a sentence what did not happen for that.
    """
    for one in broken(history):
        if one.fatal:
            raise Refused(message(one), f"{not_done} First {mend(one)}.")
