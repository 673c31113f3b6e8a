"""Read the columns of keys that fill up, and the obstacles to a wider type."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from remediate.analysis.families import changing
from remediate.analysis.places import Place
from remediate.catalog import dependants, reference_defaults, retyped
from remediate.catalog.batches import Question, ask
from remediate.catalog.session import configure, read_only, rows, wanted
from remediate.postgres.direct import Connection
from remediate.postgres.sql import literal
from remediate.postgres.templates import environment
from remediate.snapshots.live import Live
from remediate.snapshots.members import Member
from remediate.snapshots.tables import Name

_LOCKS = 20  # an estimate: the table, its indexes, the views over it


def enrich(connection: Connection, live: Live, also: Iterable[Place] = ()) -> Live:
    """The snapshot with the members of key families whose type may change, and of `also`."""
    places = changing(live, also)
    if not places:
        return live
    with read_only(connection):
        configure(connection)
        return replace(live, members=read(connection, live, places))


def read(connection: Connection, live: Live, places: Sequence[Place]) -> dict[Place, Member]:
    """Each column that exists, with its dependants and obstacles."""
    hanging, obstacles = dependants.read(connection, places)
    digests, failures = ask(connection, [_digest(live, *place) for place in places])
    narrow = _uses(connection, "narrow_calls", places)
    of_text = _uses(connection, "text_uses", places)
    unparsed = retyped.refused(connection, live, hanging)
    defaults = reference_defaults.of_columns(connection, places)
    members = {}
    for r in rows(connection, "members", wanted=wanted(places)):
        place = (Name(r["schema"], r["name"]), r["column"])
        unread = [f"unreadable: {failures[p]}" for p in (place,) if p in failures]
        names, digest, stored, size = digests.get(place, ("", "", "", 0))
        members[place] = Member(
            r["type"], r["owner"], r["row_estimate"] or 0,
            tuple(Name(*child.split("\x1f")) for child in r["children"]),
            tuple(sorted({*r["obstacles"], *obstacles.get(place, ()), *unread})),
            hanging.get(place, ()), r["collation"], r["published"],
            names, digest, stored, tuple(r["functions"]), size,
            tuple(r["returning"]), narrow.get(place, ()),
            (*of_text.get(place, ()), *unparsed.get(place, ())), defaults.get(place, ""),
            live.database.printed_by,
        )  # fmt: skip
    return members


def _uses(
    connection: Connection, query: str, places: Sequence[Place]
) -> dict[Place, tuple[str, ...]]:
    """What the query tells of objects that use a column, by column."""
    found: dict[Place, tuple[str, ...]] = {}
    for r in rows(connection, query, wanted=wanted(places)):
        place = (Name(r["schema"], r["name"]), r["column"])
        found[place] = (*found.get(place, ()), r["what"])
    return found


def _digest(live: Live, table: Name, column: str) -> Question:
    """The names and the digest of a column's dependants, by the text that a revision's guard uses,
    and the size of its table.

    Printing a definition waits for a lock on the view or the table (measured on 15, 16 and 18).
    """
    oid = live.table_of[table].oid
    template = environment().get_template("hanging_now.sql.j2")
    query = template.render(relation=f"{oid}::oid", attribute=literal(column))
    return Question((table, column), query, oid, _LOCKS)
