"""The publications of the scratch copy, to which nobody subscribes."""

from collections.abc import Iterator
from contextlib import contextmanager

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal


@contextmanager
def silent(connection: Connection) -> Iterator[None]:
    """Made-up rows may be changed here and deleted, also where a table has no replica identity.

    PostgreSQL refuses that (55000) where a publication would have to tell which row it was.
    """
    published = dict(fetch(connection, __package__, "row_publications"))
    _publish(connection, dict.fromkeys(published, "insert"))
    yield
    _publish(connection, published)


def _publish(connection: Connection, what: dict[str, str]) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        for name, kinds in what.items():
            alter = f"ALTER PUBLICATION {ident(name)} SET (publish = {literal(kinds)})"
            connection.execute(alter.encode())
