"""The foreign keys of the catalog."""

from itertools import groupby
from operator import itemgetter

from remediate.catalog.session import Row, rows
from remediate.postgres.direct import Connection
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name

# pg_constraint.confdeltype and confupdtype
ACTIONS = {"a": "", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def read(
    connection: Connection,
) -> tuple[tuple[ForeignKey, ...], frozenset[tuple[Name, str]]]:
    """Every foreign key but the copies in partitions, and which of their columns may be NULL."""
    found = rows(connection, "foreign_keys")
    names: dict[Name, Name] = {}  # one value for all references to a table
    keys = tuple(_foreign_key([*pairs], names) for _, pairs in groupby(found, itemgetter("oid")))
    nullable = {(_name(r, "", names), r["column"]) for r in found if r["nullable"]}
    return keys, frozenset(nullable)


def _name(row: Row, side: str, names: dict[Name, Name]) -> Name:
    name = Name(row[f"{side}schema"], row[f"{side}name"])
    return names.setdefault(name, name)


def _foreign_key(pairs: list[Row], names: dict[Name, Name]) -> ForeignKey:
    first = pairs[0]
    return ForeignKey(
        table=_name(first, "", names),
        columns=tuple(r["column"] for r in pairs),
        target=_name(first, "target_", names),
        target_columns=tuple(r["target_column"] for r in pairs),
        types=tuple(r["type"] for r in pairs),
        name=first["constraint_name"],
        declared=tuple(r["declared"] for r in pairs),
        target_types=tuple(r["target_type"] for r in pairs),
        cast=tuple(r["is_cast"] for r in pairs),
        validated=first["validated"],
        enforced=first["enforced"],
        indexed=first["indexed"],
        on_delete=ACTIONS[first["on_delete"]],
        definition=first["definition"],
        comment=first["comment"],
        deferrable=first["deferrable"],
        defaulted=any(r["defaulted"] for r in pairs),
    )
