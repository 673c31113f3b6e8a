"""The columns of keys that fill up, and what stands in the way of a wider type."""

from dataclasses import replace
from importlib.resources import files

from sqlalchemy import Connection

from remediate.key_family import watched
from remediate.schema import Member, Name
from remediate.snapshot import Snapshot
from remediate.sql import literal


def complete(connection: Connection, live: Snapshot) -> Snapshot:
    """The snapshot with the members of such families; nothing is asked when there are none."""
    places = watched(live)
    if not places:
        return live
    text = files(__package__).joinpath("sql", "members.sql").read_text()
    rows = ", ".join(f"({', '.join(map(literal, (*name, column)))})" for name, column in places)
    found = connection.exec_driver_sql(text.replace("{places}", rows)).mappings().all()
    members = {
        (Name(r["schema"], r["name"]), r["column"]): Member(
            r["type"], r["owner"], r["row_estimate"] or 0,
            tuple(Name(*child.split("\x1f")) for child in r["children"]),
            tuple(r["obstacles"]),
        )
        for r in found
    }  # fmt: skip
    return replace(live, members=members)
