"""Read how tables with suspect keys were created, as far as the catalog shows it."""

from dataclasses import replace
from typing import Any

from remediate.catalog.session import rows
from remediate.postgres.direct import Connection
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Generator, Name, Origin, Table


def enrich(connection: Connection, live: Live) -> Live:
    """The snapshot with the origins of tables whose integer key has no generator."""
    suspects = [str(t.oid) for t in live.tables if _suspect(t)]
    if not suspects:
        return live
    made = rows(connection, "origins", suspects="{" + ",".join(suspects) + "}")
    found = {Name(r["schema"], r["name"]): _origin(r) for r in made}
    tables = tuple(replace(t, origin=found[t.name]) if t.name in found else t for t in live.tables)
    return replace(live, tables=tables)


def _suspect(table: Table) -> bool:
    keys = map(table.column, table.key)
    return any(key.is_integer and key.generator is Generator.NOTHING for key in keys)


def _origin(row: Any) -> Origin:
    twin = Name(row["twin_schema"], row["twin_name"]) if row["twin_name"] else None
    return Origin(
        key_constraint=row["key_constraint"],
        key_inline=row["key_inline"],
        missing_oids=row["missing_oids"] if row["key_inline"] else 0,
        columns=row["columns"],
        defaults=row["defaults"],
        not_nulls=row["not_nulls"],
        twin=twin,
        twin_not_nulls=row["twin_not_nulls"] or 0,
        namesakes=row["namesakes"],
        alike=row["alike"],
    )
