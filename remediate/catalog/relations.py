"""Read the types and indexes of the relations that the models declare."""

from dataclasses import replace

from sqlalchemy import Connection

from remediate.catalog.session import read_only, rows
from remediate.postgres.sql import index_name, literal
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name


def enrich(connection: Connection, live: Live, declared: Declared) -> Live:
    """The snapshot with these types, domains resolved; views and foreign tables count too."""
    names = {t.name for t in declared.tables}
    if not names:
        return live
    wanted = ", ".join(f"({literal(n.schema)}, {literal(n.name)})" for n in sorted(names))
    with read_only(connection):
        found = rows(connection, "relations", tables=wanted)
    places = [(Name(r["schema"], r["name"]), r["column"], r["indexes"]) for r in found]
    return replace(
        live,
        types={
            (name, column): r["type"] for (name, column, _), r in zip(places, found, strict=True)
        },
        indexes=frozenset(
            (name, column)
            for name, column, indexes in places
            if index_name(name.name, column) in indexes
        ),
    )
