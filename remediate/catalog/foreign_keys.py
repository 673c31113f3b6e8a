"""The foreign keys of the catalog."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from remediate.catalog.session import Row, Shared
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name

# pg_constraint.confdeltype and confupdtype
ACTIONS = {"a": "", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def made(
    found: Sequence[Row], shared: Shared
) -> tuple[tuple[ForeignKey, ...], frozenset[tuple[Name, str]]]:
    """The foreign keys of the rows of `sql/foreign_keys.sql`, and which columns may be NULL.

    Every one of the database but the copies in partitions.
    """
    keys = tuple(_foreign_key([*pairs], shared) for _, pairs in groupby(found, itemgetter("oid")))
    nullable = {(_name(r, "", shared), shared[r["column"]]) for r in found if r["nullable"]}
    return keys, frozenset(nullable)


def _name(row: Row, side: str, shared: Shared) -> Name:
    name: Name = shared[Name(row[f"{side}schema"], row[f"{side}name"])]
    return name


def _foreign_key(pairs: list[Row], shared: Shared) -> ForeignKey:
    first = pairs[0]

    def each(column: str) -> tuple[str, ...]:
        found: tuple[str, ...] = shared[tuple([r[column] for r in pairs])]
        return found

    return ForeignKey(
        table=_name(first, "", shared),
        columns=each("column"),
        target=_name(first, "target_", shared),
        target_columns=each("target_column"),
        types=each("type"),
        name=first["constraint_name"],
        declared=each("declared"),
        target_types=each("target_type"),
        cast=tuple([r["is_cast"] for r in pairs]),
        validated=first["validated"],
        enforced=first["enforced"],
        indexed=first["indexed"],
        on_delete=ACTIONS[first["on_delete"]],
        definition=shared[first["definition"]],
        comment=shared[first["comment"]],
        deferrable=first["deferrable"],
        defaulted=any(r["defaulted"] for r in pairs),
    )
