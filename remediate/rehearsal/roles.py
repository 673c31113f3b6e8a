"""The roles that a schema mentions, as they are on the live server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from remediate.postgres import client
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident


@dataclass(frozen=True, slots=True)
class Roles:
    """Names, and who is a member of whom."""

    names: tuple[str, ...]
    members: tuple[tuple[str, str], ...]  # (role, member)
    migrating: str  # whom the live connection belongs to
    superuser: bool  # whether that one is
    owner: str  # of the database: who stands for pg_database_owner, to which "public" belongs


def read(libpq: dict[str, str]) -> Roles:
    with client.reading(libpq) as connection:
        names = [row[0] for row in fetch(connection, __package__, "role_names")]
        pairs = fetch(connection, __package__, "members")
        members = [(a, b) for a, b in pairs if {a, b} <= set(names)]
        ((migrating, superuser, owner),) = fetch(connection, __package__, "current_role")
    # PostgreSQL reserves pg_* for roles that it makes itself.
    kept = tuple(name for name in names if not name.startswith("pg_"))
    return Roles(kept, tuple(members), migrating, superuser, owner)


@contextmanager
def owning(connection: psycopg.Connection, owner: str) -> Iterator[None]:
    """The database of this connection belongs to this role for a while."""
    name = ident(connection.info.dbname)
    connection.execute(f"ALTER DATABASE {name} OWNER TO {ident(owner)}".encode())
    try:
        yield
    finally:
        connection.execute(f"ALTER DATABASE {name} OWNER TO CURRENT_USER".encode())
