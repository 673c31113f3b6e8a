"""What only an audit asks of the database: columns, rules of foreign keys, empty tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from remediate.snapshots.snapshot import grouped
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """Any column of a table."""

    table: Name
    name: str
    type: str  # as format_type() prints it
    base_type: str  # domains resolved, without length
    not_null: bool
    filled: bool  # by a default, an identity, an expression, or its domain


@dataclass(frozen=True, slots=True)
class Actions:
    """What a foreign key does when a row that it references is deleted or gets another key."""

    on_delete: str  # "CASCADE", "SET NULL" ...; "" for NO ACTION
    on_update: str
    deferrable: bool
    changed: tuple[str, ...]  # the columns that ON DELETE SET ... changes


NO_ACTION = "NO ACTION"  # as people write it
NO_ACTIONS = Actions("", "", deferrable=False, changed=())


@dataclass(frozen=True, slots=True)
class Index:
    """A valid index."""

    table: Name
    name: str
    method: str
    columns: tuple[str, ...]  # "" for an expression
    unique: bool
    partial: bool


@dataclass(frozen=True)
class Structure:
    """Everything of the database that an audit compares."""

    columns: tuple[ColumnShape, ...] = ()  # of tables that are no partitions
    actions: Mapping[tuple[Name, str], Actions] = field(default_factory=dict)  # by constraint
    holds_rows: Mapping[Name, bool] = field(default_factory=dict)  # as far as it could be read
    unread: Mapping[Name, str] = field(default_factory=dict)  # why that could not be read

    @cached_property
    def by_table(self) -> dict[Name, tuple[ColumnShape, ...]]:
        """The columns of each table, in its order."""
        return grouped((column.table, column) for column in self.columns)

    @cached_property
    def column_of(self) -> dict[tuple[Name, str], ColumnShape]:
        """Each column by its table and name."""
        return {(column.table, column.name): column for column in self.columns}
