"""The databases of a server."""

from remediate.catalog.session import read_only, rows
from remediate.postgres.direct import Connection


def read(connection: Connection) -> tuple[str, ...]:
    """Their names, also of those that this role may not enter; templates are left out."""
    with read_only(connection):
        return tuple(row["datname"] for row in rows(connection, "databases"))
