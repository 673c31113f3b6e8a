"""The names of the schemas that a database has."""

from sqlalchemy import Connection

from remediate.catalog.session import read_only, rows


def read(connection: Connection) -> tuple[str, ...]:
    """All of them, with tables or without; those of PostgreSQL itself are left out."""
    with read_only(connection):
        return tuple(row["name"] for row in rows(connection, "schemas"))
