"""How a database differs from what a repair leaves: the repair's own check, without its locks."""

import psycopg

from remediate.postgres import client
from remediate.revisions.script import AS_IF_LOCKED


def difference(libpq: dict[str, str], check: str) -> str:
    """What the check of a revision tells, "" where it holds.

    Raises DatabaseProblem where it cannot be asked: on a standby, or without the right.
    """
    with client.reading(libpq) as connection:
        connection.execute(AS_IF_LOCKED)
        try:
            connection.execute(check.encode())
        except psycopg.errors.ObjectNotInPrerequisiteState as error:
            return error.diag.message_detail or str(error)
    return ""
