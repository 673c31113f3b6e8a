"""Read unique indexes by name, which is all that a duplicate key error contains."""

from collections.abc import Sequence

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.snapshots.tables import Name

Indexes = dict[str, tuple[tuple[Name, str], ...]]


def unique(connection: Connection, names: Sequence[str]) -> Indexes:
    """The tables with a unique index of each name, and its column where the index has only one."""
    found: Indexes = {}
    for index, schema, table, column in fetch(
        connection, __package__, "unique_indexes", list(names)
    ):
        found[index] = (*found.get(index, ()), (Name(schema, table), column or ""))
    return found
