"""A read-only transaction on a connection that belongs to somebody else."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from remediate.postgres.queries import query
from remediate.postgres.sql import literal
from remediate.snapshots.tables import Name


@contextmanager
def read_only(connection: Connection) -> Iterator[None]:
    """Whatever runs inside cannot write (25006), and leaves no setting behind.

    env.py may have put the connection into AUTOCOMMIT, where SET TRANSACTION has no effect; then
    the transaction is opened, and rolled back, here.
    """
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    ours = connection.exec_driver_sql("SHOW transaction_read_only").scalar_one() != "on"
    if ours:
        connection.exec_driver_sql("BEGIN READ ONLY")
    try:
        yield
    finally:
        if ours and not connection.invalidated:
            connection.exec_driver_sql("ROLLBACK")


def configure(connection: Connection) -> None:
    """Until the transaction ends, names print qualified and nothing waits for long."""
    connection.exec_driver_sql(query(__package__, "session"))


Row = Any  # a mapping of the statement's column names


def wanted(places: Sequence[tuple[Name, str]]) -> str:
    """The part of a statement that is about these columns: as `wanted`, and `below` them."""
    named = (f"({', '.join(map(literal, (*name, column)))})" for name, column in places)
    return query(__package__, "wanted", places=", ".join(named))


def rows(connection: Connection, name: str, **parts: str) -> Sequence[Row]:
    """The rows of `sql/<name>.sql`, with each `{part}` replaced by SQL that is safe already."""
    return connection.exec_driver_sql(query(__package__, name, **parts)).mappings().all()
