"""What exists: one side of the comparison, at one moment.

The same words serve both sides: `Live` is read from the database, `Declared` from the models.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name, Sequence, Table


@dataclass(frozen=True)
class Snapshot:
    """What both sides say: tables, sequences, foreign keys."""

    tables: tuple[Table, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    types: Mapping[tuple[Name, str], str] = field(default_factory=dict)  # of what models declare
    indexes: frozenset[tuple[Name, str]] = frozenset()  # columns with one of SQLAlchemy's name

    @cached_property
    def table_of(self) -> dict[Name, Table]:
        return {t.name: t for t in self.tables}

    @cached_property
    def references(self) -> dict[Name, tuple[ForeignKey, ...]]:
        """The foreign keys of each table."""
        return grouped((fk.table, fk) for fk in self.foreign_keys)


def grouped(pairs: Iterable[tuple[Name, ForeignKey]]) -> dict[Name, tuple[ForeignKey, ...]]:
    """The foreign keys by these names, in the order in which they come."""
    groups: dict[Name, list[ForeignKey]] = {}
    for name, fk in pairs:
        groups.setdefault(name, []).append(fk)
    return {name: tuple(fks) for name, fks in groups.items()}
