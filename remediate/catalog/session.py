"""Read inside a read-only transaction, on a connection that env.py opened."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from remediate.postgres.direct import Connection, Direct, driver_of
from remediate.postgres.own import marked
from remediate.postgres.queries import query
from remediate.postgres.sql import literal
from remediate.snapshots.tables import Name


@contextmanager
def read_only(connection: Connection) -> Iterator[None]:
    """Open a block whose statements cannot write (25006), and are marked as remediate's own.

    env.py may have put the connection into AUTOCOMMIT, in which SET TRANSACTION has no effect. Then
    the block has a transaction of its own, which is rolled back.
    """
    with marking(connection):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        ours = connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() != "on"
        if ours:
            connection.exec_driver_sql("BEGIN READ ONLY")
        try:
            yield
        finally:
            if ours and not connection.invalidated:
                connection.exec_driver_sql("ROLLBACK")


@contextmanager
def marking(connection: Connection) -> Iterator[None]:
    """Mark each statement as remediate's own, as `Direct` does anyway; one block may hold another.

    None of them is prepared on the server: a pooler in transaction mode would keep it there for
    the next client, whose own of the same name then fails (42P05).
    """
    if isinstance(connection, Direct):
        yield
        return
    from sqlalchemy import event  # noqa: PLC0415  (it gave the connection)

    heard = connection, "before_cursor_execute", _mark
    if event.contains(*heard):
        yield
        return
    event.listen(*heard, retval=True)
    try:
        with _unprepared(driver_of(connection)):
            yield
    finally:
        event.remove(*heard)


@contextmanager
def _unprepared(driver: Any) -> Iterator[None]:
    """Of the drivers, psycopg alone prepares by itself, what it executes more than five times."""
    before = getattr(driver, "prepare_threshold", None)
    if before is None:
        yield
        return
    driver.prepare_threshold = None
    try:
        yield
    finally:
        driver.prepare_threshold = before


def _mark(
    _connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any
) -> tuple[str, Any]:
    return marked(statement), parameters


def configure(connection: Connection) -> None:
    """Make names print qualified, and limit every wait, until the transaction ends."""
    connection.exec_driver_sql(query(__package__, "session"))


@contextmanager
def set_based(connection: Connection) -> Iterator[None]:
    """Have whole catalogs joined by hashes, as their statements are meant to be.

    Before ANALYZE the planner takes one row for everything, and would go through one catalog for
    each row of another: of a schema of 10,000 tables that was just restored, for minutes.
    """
    connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
    yield
    connection.exec_driver_sql("SET LOCAL enable_nestloop = DEFAULT")


class Shared(dict[Any, Any]):
    """Gives equal texts, names, and tuples of them as one object: `shared[text]`.

    A driver makes a new text for each value of each row: of many tables, these would be half of
    what a snapshot holds.
    """

    def __missing__(self, value: Any) -> Any:
        self[value] = value
        return value


Row = Any  # a mapping by the column names of the statement


def wanted(places: Sequence[tuple[Name, str]]) -> str:
    """The CTEs `wanted`, these columns, and `below`, the same in partitions and children."""
    named = (f"({', '.join(map(literal, (*name, column)))})" for name, column in places)
    return query(__package__, "wanted", places=", ".join(named))


def rows(connection: Connection, name: str, **parts: str) -> Sequence[Row]:
    """The rows of `sql/<name>.sql`, with each `{part}` replaced by SQL that is safe already."""
    return connection.exec_driver_sql(query(__package__, name, **parts)).mappings().all()
