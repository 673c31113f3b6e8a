"""The columns of keys that fill up, and what stands in the way of a wider type."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from remediate.key_family import Place, changing
from remediate.read import dependants
from remediate.read.session import read_only, settle
from remediate.read.statements import rows
from remediate.schema import Member, Name
from remediate.snapshot import Snapshot
from remediate.sql import literal


def complete(connection: Connection, live: Snapshot) -> Snapshot:
    """The snapshot with the members of such families; nothing is asked when there are none."""
    places = changing(live)
    if not places:
        return live
    with read_only(connection):
        settle(connection)
        return _with_members(connection, live, places)


def _with_members(connection: Connection, live: Snapshot, places: Sequence[Place]) -> Snapshot:
    wanted = ", ".join(f"({', '.join(map(literal, (*name, column)))})" for name, column in places)
    hanging, obstacles = dependants.read(connection, places)
    members = {}
    for r in rows(connection, "members", places=wanted):
        place = (Name(r["schema"], r["name"]), r["column"])
        members[place] = Member(
            r["type"], r["owner"], r["row_estimate"] or 0,
            tuple(Name(*child.split("\x1f")) for child in r["children"]),
            tuple(sorted({*r["obstacles"], *obstacles.get(place, ())})),
            hanging.get(place, ()),
        )  # fmt: skip
    return replace(live, members=members)
