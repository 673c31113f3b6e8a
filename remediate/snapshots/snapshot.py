"""One side of the comparison, at one moment: `Live` is the database, `Declared` the models."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name, Sequence, Table

T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot:
    """What both sides have: tables, sequences, foreign keys."""

    tables: tuple[Table, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    types: Mapping[tuple[Name, str], str] = field(
        default_factory=dict
    )  # of the columns that models declare
    indexes: frozenset[tuple[Name, str]] = (
        frozenset()
    )  # columns whose index has the name that index=True makes

    @cached_property
    def table_of(self) -> dict[Name, Table]:
        """The tables by name."""
        return {t.name: t for t in self.tables}

    @cached_property
    def references(self) -> dict[Name, tuple[ForeignKey, ...]]:
        """The foreign keys of each table."""
        return grouped((fk.table, fk) for fk in self.foreign_keys)


def grouped(pairs: Iterable[tuple[Name, T]]) -> dict[Name, tuple[T, ...]]:
    """The values by the names that they are paired with, in their order."""
    groups: dict[Name, list[T]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in groups.items()}
