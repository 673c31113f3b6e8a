"""Unique indexes and exclusion constraints, as statements of revisions meet them."""

from dataclasses import dataclass

from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique index, or an exclusion constraint, that stands before the revisions run."""

    table: Name
    name: Name  # of the index
    columns: frozenset[str]  # that it speaks of
    keys: tuple[str, ...]  # as SQL
    condition: str = ""  # likewise, of an index of some rows
    nulls: bool = False  # NULL is a value, too
    immediate: bool = True  # an UPDATE is refused at once
    alone: bool = False  # no SELECT tells what it refuses
    part: str = ""  # the partition of the table whose rows alone it speaks of
