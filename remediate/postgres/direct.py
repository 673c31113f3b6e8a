"""Read by psycopg alone, without SQLAlchemy, which takes as long to import as a small plan takes.

What reads the catalog reads on the connection that env.py opened, or on one of these: it has the
few methods of SQLAlchemy's connection that are used there, and answers in the same way.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg

from remediate.postgres import client, own
from remediate.postgres.connections import Address, shown_host

if TYPE_CHECKING:
    import sqlalchemy as sa

Connection: TypeAlias = "sa.Connection | Direct"


class StatementFailed(Exception):
    """A statement that the server refused, or a connection that broke."""

    def __init__(self, orig: psycopg.Error, *, connection_invalidated: bool) -> None:
        super().__init__(str(orig))
        self.orig = orig
        self.connection_invalidated = connection_invalidated


def driver_errors() -> tuple[type[Exception], ...]:
    """What a statement raises that fails; SQLAlchemy's error only where that was imported."""
    known = sys.modules.get("sqlalchemy.exc")
    return (StatementFailed, known.DBAPIError) if known else (StatementFailed,)


def is_lost(error: Exception) -> bool:
    """Whether the connection is of no use any more after such an error."""
    return bool(getattr(error, "connection_invalidated", False))


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of one statement."""

    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)

    def all(self) -> Sequence[tuple[Any, ...]]:
        return self.rows

    def one(self) -> tuple[Any, ...]:
        """The only row; raises ValueError for another number of them."""
        (row,) = self.rows
        return row

    def scalar_one(self) -> Any:
        """The first value of the only row."""
        return self.one()[0]

    def mappings(self) -> "Mappings":
        return Mappings({name: number for number, name in enumerate(self.names)}, self.rows)


class Row:
    """A row by the names of its columns; a dict of each takes five times the memory."""

    __slots__ = ("_numbers", "_values")

    def __init__(self, numbers: Mapping[str, int], values: tuple[Any, ...]) -> None:
        self._numbers = numbers
        self._values = values

    def __getitem__(self, name: str) -> Any:
        return self._values[self._numbers[name]]

    def keys(self) -> Iterable[str]:
        """What `{**row}` asks for."""
        return self._numbers.keys()


@dataclass(frozen=True, slots=True)
class Mappings:
    """Rows by the names of their columns."""

    numbers: Mapping[str, int]
    rows: Sequence[tuple[Any, ...]]

    def all(self) -> Sequence[Row]:
        return [Row(self.numbers, row) for row in self.rows]


class Direct:
    """A connection whose statements run in one transaction, each marked as remediate's own."""

    def __init__(self, driver: client.Connection, host: str) -> None:
        self.driver = driver
        self.host = host

    @property
    def invalidated(self) -> bool:
        return self.driver.closed

    def exec_driver_sql(self, statement: str) -> Answer:
        """Run it; raises StatementFailed. As on every way of SQLAlchemy, `%` is written twice."""
        try:
            # With parameters, though there are none, as SQLAlchemy runs it.
            cursor = self.driver.execute(statement.encode(), ())
            if cursor.description is None:
                return Answer((), ())
            return Answer(tuple(c.name for c in cursor.description), cursor.fetchall())
        except psycopg.Error as error:
            raise StatementFailed(error, connection_invalidated=self.invalidated) from error

    def begin_nested(self) -> "Savepoint":
        self.exec_driver_sql("SAVEPOINT remediate")
        return Savepoint(self)


@dataclass(frozen=True, slots=True)
class Savepoint:
    """What ran since can be taken back; one may stand in another."""

    connection: Direct

    def rollback(self) -> None:
        if not self.connection.invalidated:
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT remediate")
            self.connection.exec_driver_sql("RELEASE SAVEPOINT remediate")


@contextmanager
def opened(address: Address) -> Iterator[Direct]:
    """A connection to the database; raises StatementFailed where it cannot be reached."""
    # A pooler in transaction mode has other sessions behind the next transaction.
    ours = {"fallback_application_name": own.NAME, "prepare_threshold": None}
    given: dict[str, Any] = ours | dict(address.parameters)
    try:
        driver = psycopg.connect("", cursor_factory=client.Cursor, **given)
    except psycopg.Error as error:
        raise StatementFailed(error, connection_invalidated=True) from error
    try:
        yield Direct(driver, address.host)
    finally:
        driver.close()


def driver_of(connection: Connection) -> Any:
    """The driver's own connection."""
    if isinstance(connection, Direct):
        return connection.driver
    return connection.connection.driver_connection


def host_of(connection: Connection) -> str:
    """Host and port, as they are shown."""
    if isinstance(connection, Direct):
        return connection.host
    return shown_host(connection.engine.url)
