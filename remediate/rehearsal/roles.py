"""The roles that a schema mentions: read from the live server, made on the scratch server."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from remediate.postgres import client
from remediate.postgres.sql import ident

# Owners and grantees of anything in this database; the bootstrap role is not recorded (pinned).
_NAMES = """\
SELECT DISTINCT r.rolname::text
FROM pg_catalog.pg_roles r
WHERE r.oid = 10 OR r.rolname = current_user
   OR (NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
       AND pg_has_role(current_user, r.oid, 'MEMBER'))
   OR r.oid IN (
     SELECT d.refobjid FROM pg_catalog.pg_shdepend d
     WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.dbid IN (
       0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())))"""
_WHO = """\
SELECT rolname::text, rolsuper,
       (SELECT pg_get_userbyid(datdba)::text FROM pg_catalog.pg_database
        WHERE datname = current_database())
FROM pg_catalog.pg_roles WHERE rolname = current_user"""
_MEMBERS = """\
SELECT r.rolname::text, m.rolname::text
FROM pg_catalog.pg_auth_members a
JOIN pg_catalog.pg_roles r ON r.oid = a.roleid JOIN pg_catalog.pg_roles m ON m.oid = a.member"""


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
        names = [row[0] for row in connection.execute(_NAMES)]
        members = [(a, b) for a, b in connection.execute(_MEMBERS) if {a, b} <= set(names)]
        migrating, superuser, owner = connection.execute(_WHO).fetchall()[0]
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
