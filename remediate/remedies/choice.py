"""Which sequence a key gets."""

from remediate.analysis.keys import free_sequence
from remediate.remedies.partitions import of_partitions
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Name, Table


def chosen_sequence(
    table: Table, column: Column, live: Live, said: Name | None = None
) -> tuple[Name, bool]:
    """The sequence that a key gets, and whether it exists: its own, a free one, or a new one.

    `said` is the one that its model names: that, where it can be had. A partitioned table gets that
    of its partitions, where it can own it.
    """
    if said and _can_be_had(said, table, column, live):
        return said, said in live.sequence_of
    if column.owned:
        return column.owned[0], True
    if below := of_partitions(table, column, live):
        return below, True
    if free := free_sequence(table, column, live):
        return free, True
    return live.new_sequence_names[table.name, column.name], False


def _can_be_had(said: Name, table: Table, column: Column, live: Live) -> bool:
    """Whether a sequence serves nobody else, or can be made without another's being in the way."""
    existing = live.sequence_of.get(said)
    if existing:
        return said in column.owned or not (existing.owned_by or existing.used)
    own = live.new_sequence_names.get((table.name, column.name))
    kept = said in live.kept_names and said != own
    return said.schema == table.name.schema and said not in live.taken and not kept
