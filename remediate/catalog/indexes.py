"""Unique indexes by their names: all that a message about a duplicate key tells."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from remediate.snapshots.tables import Name

if TYPE_CHECKING:
    import psycopg

# A constraint's index bears its name. Of several columns none is told.
_QUERY = """\
SELECT i.relname, n.nspname, t.relname, CASE WHEN x.indnkeyatts = 1 THEN a.attname END
FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
WHERE x.indisunique AND i.relname = ANY (%s)"""

Indexes = dict[str, tuple[tuple[Name, str], ...]]


def unique(connection: "psycopg.Connection[Any]", names: Sequence[str]) -> Indexes:
    """The tables with a unique index of each name, and its column where it is of one."""
    found: Indexes = {}
    for index, schema, table, column in connection.execute(_QUERY, [list(names)]):
        found[index] = (*found.get(index, ()), (Name(schema, table), column or ""))
    return found
