"""Schemas in which nothing has grown yet: what is missing there costs a moment to add."""

from remediate.analysis.facts import rows_of
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Table

TINY = 1_000  # rows: reading them all is no worse than an index


def grown(live: Live) -> frozenset[str]:
    """The schemas with a table that is more than tiny, by the statistics."""
    return frozenset(t.name.schema for t in live.tables if rows_of(t.name, live) >= TINY)


def is_empty(table: Table | None) -> bool:
    """Whether the table is known, and nothing says that it ever held a row."""
    if table is None:
        return False
    held = any(c.extremes.high is not None for c in table.columns if c.extremes)
    return not (held or table.pages or table.inserts or (table.rows or 0) > 0)
