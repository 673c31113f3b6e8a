"""Read what exists, to compare it with a later moment: one statement for any number of tables."""

from remediate.catalog.session import configure, read_only, rows
from remediate.postgres.direct import Connection
from remediate.snapshots.acl import DefaultRights, entries
from remediate.snapshots.digest import Digest, Object
from remediate.snapshots.tables import Name


def read(connection: Connection) -> Digest:
    """Every object of tables and sequences."""
    with read_only(connection):
        configure(connection)
        found = rows(connection, "digest")
    return Digest(
        {Object(Name(r["schema"], r["relation"]), r["kind"], r["name"]): r["state"] for r in found}
    )


def default_rights(connection: Connection) -> tuple[DefaultRights, ...]:
    """What default privileges give with each new sequence."""
    with read_only(connection):
        configure(connection)
        found = rows(connection, "default_sequence_rights")
    return tuple(DefaultRights(r["role"], r["schema"], entries(r["rights"])) for r in found)
