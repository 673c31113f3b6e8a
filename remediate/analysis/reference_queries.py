"""Read-only queries that show what is wrong with a reference, declared or not.

Each has a row while a finding holds, and none once it is repaired. They read the catalog alone.
"""

from collections.abc import Iterable

from remediate.findings.finding import Finding
from remediate.postgres.sql import literal, regclass
from remediate.snapshots.tables import Name

# The columns of a foreign key and what they reference, in pairs, with their types.
_PAIRS = (
    'SELECT k.conrelid::regclass AS "table", k.conname AS "constraint", a.attname AS "column",\n'
    '  format_type(a.atttypid, a.atttypmod) AS "type", k.confrelid::regclass AS "references",\n'
    '  format_type(b.atttypid, b.atttypmod) AS "its type"\n'
    "FROM pg_constraint k\n"
    "CROSS JOIN unnest(k.conkey, k.confkey, k.conpfeqop) AS u (ours, theirs, operator)\n"
    "JOIN pg_attribute a ON (a.attrelid, a.attnum) = (k.conrelid, u.ours)\n"
    "JOIN pg_attribute b ON (b.attrelid, b.attnum) = (k.confrelid, u.theirs)\n"
    "JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type s ON s.oid = b.atttypid\n"
)


def narrower(finding: Finding) -> str:
    """The columns of the foreign key that hold less than what they reference."""
    return f"{_PAIRS}WHERE {_constraint(finding)} AND t.typlen < s.typlen"


def wider(finding: Finding) -> str:
    """The columns of the foreign key that hold more than what they reference."""
    return f"{_PAIRS}WHERE {_constraint(finding)} AND t.typlen > s.typlen"


def coerced(finding: Finding) -> str:
    """The columns of the foreign key that are cast by a function before they are compared."""
    return (
        f"{_PAIRS}JOIN pg_operator o ON o.oid = u.operator\n"
        "JOIN pg_cast c ON c.casttarget = o.oprright AND c.castmethod <> 'b'\n"
        "  AND c.castsource = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END\n"
        f"WHERE {_constraint(finding)} AND o.oprright <> c.castsource"
    )


def not_validated(finding: Finding) -> str:
    """The foreign key, as long as it was not checked for every row."""
    return (
        'SELECT k.conrelid::regclass AS "table", k.conname AS "constraint", k.convalidated\n'
        f"FROM pg_constraint k WHERE {_constraint(finding)} AND NOT k.convalidated"
    )


def unindexed(finding: Finding) -> str:
    """The foreign key, as long as no whole index starts with its columns, in any order."""
    return _unindexed(_constraint(finding))


def unindexed_of(tables: Iterable[Name]) -> str:
    """The foreign keys of these tables for which no whole index starts with their columns."""
    named = ", ".join(regclass(*name) for name in dict.fromkeys(tables))
    return _unindexed(f"k.contype = 'f' AND k.conrelid IN ({named})")


def _unindexed(condition: str) -> str:
    return (
        'SELECT k.conrelid::regclass AS "table", k.conname AS "constraint" FROM pg_constraint k\n'
        f"WHERE {condition} AND NOT EXISTS (\n"
        "  SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indisvalid\n"
        "    AND i.indpred IS NULL\n"
        "    AND (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey)"
    )


def undeclared(finding: Finding) -> str:
    """The column with its type, as long as it is in no foreign key."""
    table, column = finding.place.at_column
    return (
        'SELECT a.attrelid::regclass AS "table", a.attname AS "column",\n'
        '  format_type(a.atttypid, a.atttypmod) AS "type"\n'
        f"FROM pg_attribute a WHERE a.attrelid = {regclass(*table)}\n"
        f"  AND a.attname = {literal(column)} AND NOT EXISTS (\n"
        "    SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'f'\n"
        "      AND a.attnum = ANY (k.conkey))"
    )


def missing(table: Name, columns: tuple[str, ...], target: Name) -> str:
    """Both tables, as long as no foreign key leads over these columns from one to the other."""
    wanted = ", ".join(map(literal, sorted(columns)))
    return (
        f'SELECT {regclass(*table)} AS "table", {regclass(*target)} AS "references"\n'
        "WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f'\n"
        f"  AND (k.conrelid, k.confrelid) = ({regclass(*table)}, {regclass(*target)})\n"
        f"  AND ARRAY[{wanted}] = ARRAY(\n"
        "    SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = k.conrelid\n"
        '      AND a.attnum = ANY (k.conkey) ORDER BY a.attname::text COLLATE "C"))'
    )


def several_types(places: tuple[tuple[str, str, str], ...]) -> str:
    """The columns (schema, table, column) with their types, as long as these are several."""
    listed = ", ".join(
        f"({regclass(schema, table)}, {literal(column)})" for schema, table, column in places
    )
    columns = f"FROM pg_attribute a WHERE (a.attrelid, a.attname) IN ({listed})"
    return (
        'SELECT a.attrelid::regclass AS "table", a.attname AS "column",\n'
        '  format_type(a.atttypid, NULL) AS "type"\n'
        f"{columns}\n  AND (SELECT count(DISTINCT a.atttypid) {columns}) > 1"
    )


def _constraint(finding: Finding) -> str:
    table, name = finding.place.table, finding.place.constraint
    if table is None or name is None:
        raise LookupError(f"{finding.place} is no constraint")
    return f"k.conrelid = {regclass(*table)} AND k.conname = {literal(name)}"
