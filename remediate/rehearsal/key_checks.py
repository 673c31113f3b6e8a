"""Which CHECKs refuse the ids of a key: those about its column alone."""

from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch
from remediate.snapshots.tables import Name


def is_of_key(connection: Connection, table: Name, column: str, name: str) -> bool:
    """Whether this CHECK is about the column alone; or one of a domain that no other column has."""
    return bool(fetch(connection, __package__, "check_of_key", str(table), column, name)[0][0])
