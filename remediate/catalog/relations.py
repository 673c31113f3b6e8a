"""Read the types and indexes of the relations that the models declare, and names that are taken."""

from dataclasses import replace

from remediate.analysis.starting_point import named
from remediate.catalog.session import read_only, rows
from remediate.postgres.direct import Connection
from remediate.postgres.sql import index_name, literal
from remediate.snapshots.declared import Declared
from remediate.snapshots.defaults import late_name, words
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Generator, Name


def enrich(connection: Connection, live: Live, declared: Declared) -> Live:
    """The snapshot with these types, domains resolved; views and foreign tables count too.

    Tables that they reference, and those of which a revision that waits speaks, are among them.

    And with what has a name that somebody gave to a sequence, although it may be none.
    """
    names = {t.name for t in declared.tables} | {fk.target for fk in declared.foreign_keys}
    names |= named(declared.history, live)
    live = replace(live, taken_names=live.taken_names | _taken(connection, live, declared))
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


def _taken(connection: Connection, live: Live, declared: Declared) -> frozenset[Name]:
    """Relations and types that are called like a sequence of a late default, or of the models."""
    columns = [column for table in live.tables for column in table.columns]
    late = [words(late_name(c.default)) for c in columns if c.generator is Generator.LATE]
    named = {name[-1] for name in late if name}
    named |= {s.name for t in declared.tables for c in t.columns for s in c.sequences}
    if not named:
        return frozenset()
    with read_only(connection):
        found = rows(connection, "named", names=", ".join(map(literal, sorted(named))))
    return frozenset(Name(row["schema"], row["name"]) for row in found)
