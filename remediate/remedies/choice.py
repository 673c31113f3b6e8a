"""Which sequence a key gets."""

from remediate.analysis.keys import free_sequence
from remediate.analysis.said import ModelDefaultFacts
from remediate.remedies.partitions import of_partitions
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Name, Table


def chosen_sequence(
    table: Table, column: Column, live: Live, said: ModelDefaultFacts | None = None
) -> tuple[Name, bool]:
    """The sequence that a key gets, and whether it exists: its own, a free one, or a new one.

    The one that its model names, where it can be had, or others draw from it, too. A partitioned
    table gets that of its partitions, where it can own it.
    """
    named = said.model_sequence if said else None
    if said and named and (said.shared_with or _can_be_had(named, table, column, live)):
        return named, named in live.sequence_of
    if column.owned:
        return column.owned[0], True
    if below := of_partitions(table, column, live):
        return below, True
    if free := free_sequence(table, column, live):
        return free, True
    return live.new_sequence_names[table.name, column.name], False


def _can_be_had(name: Name, table: Table, column: Column, live: Live) -> bool:
    """Whether a sequence serves nobody else, or can be made without another's being in the way."""
    existing = live.sequence_of.get(name)
    if existing:
        return name in column.owned or not (existing.owned_by or existing.used)
    own = live.new_sequence_names.get((table.name, column.name))
    kept = name in live.kept_names and name != own
    return name.schema == table.name.schema and name not in live.taken and not kept
