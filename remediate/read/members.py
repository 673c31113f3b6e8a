"""The columns of keys that fill up, and what stands in the way of a wider type."""

from dataclasses import replace

from sqlalchemy import Connection

from remediate.key_family import changing
from remediate.read.statements import rows
from remediate.schema import Member, Name
from remediate.snapshot import Snapshot
from remediate.sql import literal


def complete(connection: Connection, live: Snapshot) -> Snapshot:
    """The snapshot with the members of such families; nothing is asked when there are none."""
    places = changing(live)
    if not places:
        return live
    wanted = ", ".join(f"({', '.join(map(literal, (*name, column)))})" for name, column in places)
    members = {
        (Name(r["schema"], r["name"]), r["column"]): Member(
            r["type"], r["owner"], r["row_estimate"] or 0,
            tuple(Name(*child.split("\x1f")) for child in r["children"]),
            tuple(r["obstacles"]),
        )
        for r in rows(connection, "members", places=wanted)
    }  # fmt: skip
    return replace(live, members=members)
