"""Read how much the tables hold, for those who are to copy them."""

from dataclasses import dataclass

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Size:
    """What a table holds, without its indexes."""

    table: Name
    bytes: int  # by the last VACUUM or ANALYZE
    told: bool  # whether there was one


def read(connection: Connection) -> tuple[Size, ...]:
    """The sizes of all tables and materialized views; waits for no lock."""
    rows = fetch(connection, __package__, "sizes")
    return tuple(Size(Name(schema, name), size, told) for schema, name, size, told in rows)
