"""The foreign keys of tables on the scratch copy, which has some that the catalog read has not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psycopg

from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of a table, and the columns of its parent that they refer to, in pairs."""

    table: Name
    columns: tuple[str, ...]
    parent: Name
    targets: tuple[str, ...]
    full: bool = False  # MATCH FULL: all columns of a row are NULL, or none

    @property
    def of_itself(self) -> bool:
        return self.table == self.parent

    @property
    def split(self) -> bool:
        """Whether rows that are NULL in some of the columns are refused."""
        return self.full and len(self.columns) > 1

    @property
    def same(self) -> str:
        """The condition that a row `c` of the table refers to the row `p` of its parent."""
        pairs = zip(self.columns, self.targets, strict=True)
        return " AND ".join(f"p.{ident(theirs)} = c.{ident(mine)}" for mine, theirs in pairs)

    @property
    def partial(self) -> str:
        """The condition that a row `c` of the table is NULL in some of the columns."""
        columns = ", ".join(f"c.{ident(column)}" for column in self.columns)
        return f"num_nulls({columns}) BETWEEN 1 AND {len(self.columns) - 1}"

    @property
    def orphaned(self) -> str:
        """The condition that a row `c` of the table refers to nothing."""
        given = " AND ".join(f"c.{ident(column)} IS NOT NULL" for column in self.columns)
        return f"{given} AND NOT EXISTS (SELECT FROM {self.parent.sql} p WHERE {self.same})"


def foreign_keys(
    connection: psycopg.Connection, tables: Iterable[Name]
) -> Mapping[Name, tuple[ForeignKey, ...]]:
    """Those of each table, inherited ones of a partition too, in the order of their names."""
    by_name = {str(table): table for table in tables}
    found: dict[Name, list[ForeignKey]] = {table: [] for table in by_name.values()}
    for name, schema, parent, columns, targets, full in fetch(
        connection, __package__, "foreign_keys", [*by_name]
    ):
        table = by_name[name]
        key = ForeignKey(table, tuple(columns), Name(schema, parent), tuple(targets), full)
        found[table].append(key)
    return {table: tuple(keys) for table, keys in found.items()}
