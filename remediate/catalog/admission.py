"""Read what decides about an INSERT beside keys: rules, partitions, and rows to refer to."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.catalog.holding import holding
from remediate.catalog.session import configure, read_only, rows
from remediate.postgres.direct import Connection
from remediate.snapshots.admission import Admission, Partitions
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import Name, Table


def enrich(connection: Connection, live: Live, *, parents: bool) -> Live:
    """The snapshot with these; with `parents`, whether those that rows need hold a row."""
    with read_only(connection):
        configure(connection)
        found = [(Name(r["schema"], r["name"]), r) for r in rows(connection, "admission")]
        held = _holding_parents(connection, live) if parents else {}
    known = Admission(
        rules={name: tuple(r["rules"]) for name, r in found if r["rules"]},
        partitions={name: Partitions(r["partitions"]) for name, r in found if r["partitions"]},
        holds_rows=held,
    )
    return replace(live, admission=known)


def _holding_parents(connection: Connection, live: Live) -> dict[Name, bool]:
    """Those of which it could be read; a foreign key does not look into plain children."""
    leaves = {name: [*_leaves(live.table_of[name], live)] for name in sorted(_needed(live))}
    held, _ = holding(connection, {leaf.name: leaf for of in leaves.values() for leaf in of})
    return {
        name: any(known)
        for name, of in leaves.items()
        if any(known := [held.get(leaf.name) for leaf in of]) or None not in known
    }


def _needed(live: Live) -> Iterator[Name]:
    for fk in live.foreign_keys:
        if fk.enforced and fk.target in live.table_of and not live.may_be_null(fk):
            yield fk.target


def _leaves(table: Table, live: Live) -> Iterator[Table]:
    parts = family(table, live) if table.partitioned else (table,)
    return (part for part in parts if not part.partitioned)
