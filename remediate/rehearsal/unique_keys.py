"""Unique indexes and exclusion constraints, as statements of revisions meet them."""

from dataclasses import dataclass

from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique index, or an exclusion constraint, that a statement meets."""

    table: Name
    name: Name  # of the index
    columns: frozenset[str]  # that it speaks of
    keys: tuple[str, ...]  # as SQL
    condition: str = ""  # likewise, of an index of some rows
    nulls: bool = False  # NULL is a value, too
    immediate: bool = True  # an UPDATE is refused row by row: it is not DEFERRABLE
    alone: bool = False  # no SELECT tells what it refuses
    part: str = ""  # the partition of the table whose rows alone it speaks of
    deferred: bool = False  # it refuses when the transaction ends
