"""The keys whose ids are counted, each with the room that it has left."""

from collections.abc import Iterator

from remediate.analysis.capacity import Capacity, capacity
from remediate.analysis.filling import evidence_of
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Table


def counted_keys(live: Live, declared: Declared) -> Iterator[tuple[Table, Column, Capacity]]:
    """Each column that counts its ids, but for those of partitions: their root speaks for them."""
    for table in live.tables:
        for column in table.columns:
            if table.partition_of or _is_told_by_the_parent(table, column, live):
                continue
            told = bool(evidence_of(table, column, declared.table_of.get(table.name), live))
            if (used := capacity(table, column, live, told=told)) is not None:
                yield table, column, used


def _is_told_by_the_parent(table: Table, column: Column, live: Live) -> bool:
    """An inherited column has its parent's type, and changes with it."""
    above = (live.table_of[n] for n in live.ancestors(table) if n in live.table_of)
    return any(
        parent.has(column.name) and parent.column(column.name).sequences == column.sequences
        for parent in above
    )
