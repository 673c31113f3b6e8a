"""Whether a row that PostgreSQL took is stored: a rule or a trigger may turn it away in silence."""

from enum import Enum, auto

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.snapshots.tables import Name
from remediate.verification.observations import TurnedAway


class Stored(Enum):
    """Where the row of an INSERT is."""

    HERE = auto()  # in the table, a partition, or an inheritance child
    ELSEWHERE = auto()  # in other tables only; or the server does not count
    NOWHERE = auto()


def insert(connection: Connection, table: Name, statement: str) -> Stored:
    """Send an INSERT of one row, check what is deferred, and take it back.

    Where it is doubtful what became of the row, it is sent once more, and counted. Raises
    psycopg.Error where the row is refused.
    """
    with connection.transaction(force_rollback=True):
        cursor = connection.execute(statement.encode())
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        taken = cursor.rowcount > 0
        if taken and not fetch(connection, __package__, "replaced_inserts", str(table))[0][0]:
            return Stored.HERE
    here, anywhere, _ = _counts(connection, table)
    with connection.transaction(force_rollback=True):
        connection.execute(statement.encode())
        now_here, now_anywhere, counting = _counts(connection, table)
    if now_here > here:
        return Stored.HERE
    return Stored.ELSEWHERE if now_anywhere > anywhere or not counting else Stored.NOWHERE


def turned_away(connection: Connection, table: Name, stored: Stored) -> TurnedAway:
    """What the table has that may have turned the row away."""
    found = fetch(connection, __package__, "turning_away", str(table), str(table))
    return TurnedAway(tuple(what for (what,) in found), elsewhere=stored is Stored.ELSEWHERE)


def _counts(connection: Connection, table: Name) -> tuple[int, int, bool]:
    """Rows that this transaction inserted there and anywhere, and whether the server counts."""
    here, anywhere, counting = fetch(connection, __package__, "inserted", str(table))[0]
    return int(here), int(anywhere), bool(counting)
