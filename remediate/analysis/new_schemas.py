"""Schemas in which nothing has grown yet: what is missing there costs a moment to add."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TypeVar

from remediate.analysis.facts import rows_of
from remediate.findings.finding import Options
from remediate.findings.lists import fits
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name, Table

TINY = 1_000  # rows: reading them all is no worse than an index
T = TypeVar("T")


def of_new_schemas(
    several: Iterable[T], table_of: Callable[[T], Name], live: Live, fewest: int
) -> tuple[T, ...]:
    """Those of schemas without a table that is more than tiny, by the statistics.

    So many in a schema, at least, and half of them in tables that never held a row: a row that a
    revision or a first user left makes a schema no older.
    """
    grown = {t.name.schema for t in live.tables if rows_of(t.name, live) >= TINY}
    found: list[T] = []
    in_order = sorted(several, key=lambda one: table_of(one).schema)
    for schema, those in groupby(in_order, lambda one: table_of(one).schema):
        listed = [*those]
        empty = sum(_is_empty(live.table_of.get(table_of(one))) for one in listed)
        if schema not in grown and len(listed) >= fewest and 2 * empty >= len(listed):
            found += listed
    return tuple(found)


def is_asked_about(table: Name, options: Options) -> bool:
    """Whether one question for the database may list what is in the table."""
    schemas = not options.schemas or fits(table.schema, options.schemas)
    return schemas and table not in options.left_out


def _is_empty(table: Table | None) -> bool:
    """Whether the table is known, and nothing says that it ever held a row."""
    if table is None:
        return False
    held = any(c.extremes.high is not None for c in table.columns if c.extremes)
    return not (held or (table.rows or 0) > 0 or _has_held(table))


def _has_held(table: Table) -> bool:
    """Whether the statistics tell of a row that was committed, and is gone.

    PostgreSQL counts what was rolled back as inserted, and as dead. What was committed counts as
    dead once it is deleted, and then as deleted, too.
    """
    if not table.inserts:
        return table.pages > 0
    return table.inserts + (table.deletes or 0) > (table.dead or 0)
