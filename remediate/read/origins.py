"""How tables whose keys are suspect came to be, as far as the catalog remembers."""

from dataclasses import replace
from importlib.resources import files
from typing import Any

from sqlalchemy import Connection

from remediate.schema import Generator, Name, Origin, Table
from remediate.snapshot import Snapshot


def complete(connection: Connection, live: Snapshot) -> Snapshot:
    """The snapshot with the origins of suspects; nothing is asked when there are none."""
    suspects = [str(t.oid) for t in live.tables if _suspect(t)]
    if not suspects:
        return live
    text = files(__package__).joinpath("sql", "origins.sql").read_text()
    statement = text.replace("{suspects}", "{" + ",".join(suspects) + "}")
    rows = connection.exec_driver_sql(statement).mappings().all()
    twins: dict[str, list[Any]] = {}
    for row in rows:
        twins.setdefault(row["shape"], []).append(row)
    found = {Name(r["schema"], r["name"]): _origin(r, twins) for r in rows if r["suspect"]}
    tables = tuple(replace(t, origin=found[t.name]) if t.name in found else t for t in live.tables)
    return replace(live, tables=tables)


def _suspect(table: Table) -> bool:
    key = table.single_key
    return key is not None and key.is_integer and key.generator is Generator.NOTHING


def _origin(row: Any, twins: dict[str, list[Any]]) -> Origin:
    others = [
        t for t in twins[row["shape"]] if (t["schema"], t["name"]) != (row["schema"], row["name"])
    ]
    return Origin(
        key_constraint=row["key_constraint"],
        key_inline=row["key_inline"],
        columns=row["columns"],
        defaults=row["defaults"],
        not_nulls=row["not_nulls"],
        twins=tuple((Name(t["schema"], t["name"]), t["not_nulls"]) for t in others),
    )
