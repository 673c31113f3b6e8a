"""What a snapshot is once new tables are there."""

from collections.abc import Iterable
from dataclasses import replace

from remediate.findings.remedy import Remedy
from remediate.snapshots.live import Live


def with_created(live: Live, remedies: Iterable[Remedy]) -> Live:
    """The snapshot with the tables that these remedies create."""
    new = [remedy.creates for remedy in remedies if remedy.creates]
    if not new:
        return live
    types = {(one.table.name, column): type_ for one in new for column, type_ in one.types}
    sequences = {s.name: s for one in new for s in one.sequences if s.name not in live.sequence_of}
    return replace(
        live,
        tables=(*live.tables, *(one.table for one in new)),
        sequences=(*live.sequences, *sequences.values()),
        types={**live.types, **types},
        unmade=live.unmade.without({one.table.name for one in new}),
    )
