"""The roles that a schema mentions: read from the live server, made on the scratch server."""

from collections.abc import Iterator, Sequence
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
    with client.connect(libpq) as connection:
        names = [row[0] for row in fetch(connection, __package__, "role_names")]
        pairs = fetch(connection, __package__, "members")
        members = [(a, b) for a, b in pairs if {a, b} <= set(names)]
        ((migrating, superuser, owner),) = fetch(connection, __package__, "current_role")
    # PostgreSQL reserves pg_* for roles that it makes itself.
    kept = tuple(name for name in names if not name.startswith("pg_"))
    return Roles(kept, tuple(members), migrating, superuser, owner)


def create(
    connection: psycopg.Connection, names: Sequence[str], members: Sequence[tuple[str, str]]
) -> tuple[str, ...]:
    """Make the missing ones, without login; returns those that were made."""
    rows = connection.execute("SELECT rolname::text FROM pg_catalog.pg_roles")
    present = {row[0] for row in rows}
    missing = tuple(name for name in names if name not in present)
    for name in missing:
        connection.execute(f"CREATE ROLE {ident(name)} NOLOGIN".encode())
    for role, member in members:
        if member in missing and role in {*present, *missing}:
            connection.execute(f"GRANT {ident(role)} TO {ident(member)}".encode())
    return missing


@contextmanager
def owning(connection: psycopg.Connection, owner: str) -> Iterator[None]:
    """The database of this connection belongs to this role for a while."""
    name = ident(connection.info.dbname)
    connection.execute(f"ALTER DATABASE {name} OWNER TO {ident(owner)}".encode())
    try:
        yield
    finally:
        connection.execute(f"ALTER DATABASE {name} OWNER TO CURRENT_USER".encode())


def drop(connection: psycopg.Connection, names: Sequence[str]) -> None:
    """Remove roles with everything that they own or were granted in this database."""
    for name in names:
        connection.execute(f"DROP OWNED BY {ident(name)} CASCADE".encode())
    for name in names:
        connection.execute(f"DROP ROLE {ident(name)}".encode())
