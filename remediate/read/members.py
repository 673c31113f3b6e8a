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
from remediate.templates import environment


def complete(connection: Connection, live: Snapshot) -> Snapshot:
    """The snapshot with the members of such families; nothing is asked when there are none."""
    places = changing(live)
    if not places:
        return live
    with read_only(connection):
        settle(connection)
        return replace(live, members=read(connection, places))


def read(connection: Connection, places: Sequence[Place]) -> dict[Place, Member]:
    """Each column that is there, with what hangs on it."""
    wanted = ", ".join(f"({', '.join(map(literal, (*name, column)))})" for name, column in places)
    hanging, obstacles = dependants.read(connection, places)
    digests = _digests(connection, wanted)
    members = {}
    for r in rows(connection, "members", places=wanted):
        place = (Name(r["schema"], r["name"]), r["column"])
        members[place] = Member(
            r["type"], r["owner"], r["row_estimate"] or 0,
            tuple(Name(*child.split("\x1f")) for child in r["children"]),
            tuple(sorted({*r["obstacles"], *obstacles.get(place, ())})),
            hanging.get(place, ()),
            r["collation"], r["published"],
            *digests.get(place, ("", "")),
        )  # fmt: skip
    return members


def _digests(connection: Connection, wanted: str) -> dict[Place, tuple[str, str]]:
    """What hangs on each column, by the very text that the guard of a revision uses."""
    query = environment().get_template("hanging_now.sql.j2").render(places=wanted)
    found = connection.exec_driver_sql(query).mappings()
    return {
        (Name(r["schema"], r["relation"]), r["attribute"]): (r["names"], r["definitions"])
        for r in found
    }
