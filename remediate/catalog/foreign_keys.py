"""The foreign keys of the catalog."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from remediate.catalog.session import Row
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name

# pg_constraint.confdeltype and confupdtype
ACTIONS = {"a": "", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def made(found: Sequence[Row]) -> tuple[tuple[ForeignKey, ...], frozenset[tuple[Name, str]]]:
    """The foreign keys of the rows of `sql/foreign_keys.sql`, and which columns may be NULL.

    Every one of the database but the copies in partitions.
    """
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
