"""Several statements in one message to the server: each message waits for its answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg.errors import InvalidSavepointSpecification
from psycopg.pq import TransactionStatus

from remediate.postgres.client import Connection

Rows = list[tuple[Any, ...]]


def results(connection: Connection, *statements: str) -> list[Rows]:
    """The rows of each statement that gives rows; raises psycopg.Error of the first that fails."""
    cursor = connection.execute("; ".join(statements).encode())
    found: list[Rows] = []
    while True:
        if cursor.description is not None:
            found.append(cursor.fetchall())
        if not cursor.nextset():
            return found


@dataclass(slots=True)
class ThrownAway:
    """A transaction of which nothing stays. It begins with the first message."""

    connection: Connection
    opening: str
    opened: bool = False

    def open(self) -> None:
        """Begin now, for statements that somebody else sends."""
        if not self.opened:
            self.results()

    def results(self, *statements: str) -> list[Rows]:
        """As the function of this name."""
        before = () if self.opened else ("BEGIN", self.opening)
        self.opened = True
        return results(self.connection, *before, *statements)

    def back_to(self, savepoint: str) -> bool:
        """After an error; begins anew where the message could not be read, and nothing has run.

        False where there is no such savepoint: what it was for is done, or has not begun.
        """
        if self.connection.info.transaction_status is TransactionStatus.IDLE:
            self.opened = False
            self.open()
            return True
        try:
            self.results(f"ROLLBACK TO SAVEPOINT {savepoint}", f"RELEASE SAVEPOINT {savepoint}")
        except InvalidSavepointSpecification:
            return False
        return True


@contextmanager
def thrown_away(connection: Connection, opening: str) -> Iterator[ThrownAway]:
    """The connection must be in autocommit, outside a transaction. `opening`: after BEGIN."""
    made = ThrownAway(connection, opening)
    try:
        yield made
    finally:
        ended = (TransactionStatus.IDLE, TransactionStatus.UNKNOWN)
        if connection.info.transaction_status not in ended:
            connection.execute("ROLLBACK")


@contextmanager
def unharmed(connection: Connection) -> Iterator[None]:
    """An open transaction goes on where what is sent inside fails."""
    if connection.info.transaction_status is TransactionStatus.IDLE:
        yield
    else:
        with connection.transaction():
            yield
