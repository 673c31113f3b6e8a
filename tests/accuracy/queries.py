"""Queries that find some of the same defects, in words of our own.

NAIVE has what answers on the web give: keys without a default, and sequences behind the greatest
id. HEALTH has checks of pg-index-health (https://github.com/mfvanek/pg-index-health, Apache License
2.0): the idea of each is theirs, the text is not. Each row is schema, table and column, or schema
and table.
"""

from tests.corpora.kinds import Kind

_OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"

NAIVE = {
    # Each view by itself: joined at once, they take minutes.
    Kind.UNFILLED: """
WITH keys AS MATERIALIZED (
  SELECT table_schema, table_name, constraint_name FROM information_schema.table_constraints
  WHERE constraint_type = 'PRIMARY KEY'
), of_keys AS MATERIALIZED (
  SELECT table_schema, table_name, constraint_name, column_name
  FROM information_schema.key_column_usage
), bare AS MATERIALIZED (
  SELECT table_schema, table_name, column_name FROM information_schema.columns
  WHERE data_type IN ('smallint', 'integer', 'bigint') AND column_default IS NULL
    AND is_identity = 'NO'
)
SELECT DISTINCT table_schema::text, table_name::text
FROM keys JOIN of_keys USING (table_schema, table_name, constraint_name)
JOIN bare USING (table_schema, table_name, column_name)""",
}
# The keys that own a sequence, and the query that has a row where it is behind max(id).
BEHIND = f"""
SELECT n.nspname::text, c.relname::text, format(
  'SELECT FROM %I.%I HAVING max(%I) > %s', n.nspname, c.relname, a.attname,
  coalesce(pg_sequence_last_value(s.oid), 0))
FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid AND a.atttypid IN (20, 21, 23)
WHERE d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass AND {_OURS}"""

HEALTH = {
    # Less than a tenth of its values is left, as its default threshold has it.
    Kind.FULL: f"""
SELECT n.nspname::text, c.relname::text
FROM pg_sequence q JOIN pg_depend d ON d.objid = q.seqrelid AND d.deptype IN ('a', 'i')
  AND d.classid = 'pg_class'::regclass
JOIN pg_class c ON c.oid = d.refobjid AND d.refobjsubid > 0
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT coalesce(pg_sequence_last_value(q.seqrelid), q.seqstart)::numeric AS at) p
WHERE NOT q.seqcycle AND {_OURS}
  AND CASE WHEN q.seqincrement > 0 THEN q.seqmax - p.at ELSE p.at - q.seqmin END
    < 0.1 * (q.seqmax::numeric - q.seqmin)""",
    # Any difference of type between a column and the one that it references.
    Kind.NARROWER: f"""
SELECT n.nspname::text, c.relname::text, a.attname::text
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(f.conkey, f.confkey) AS k (own, its)
JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.own
JOIN pg_attribute p ON p.attrelid = f.confrelid AND p.attnum = k.its
WHERE f.contype = 'f' AND f.conparentid = 0 AND {_OURS}
  AND (a.atttypid, a.atttypmod) IS DISTINCT FROM (p.atttypid, p.atttypmod)""",
    # No index has all columns of the key, with the key's first one at its head.
    Kind.UNINDEXED: f"""
SELECT n.nspname::text, c.relname::text, a.attname::text
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = ANY (f.conkey)
WHERE f.contype = 'f' AND {_OURS} AND NOT EXISTS (
  SELECT FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indkey[0] = f.conkey[1]
    AND i.indkey::int[] @> f.conkey::int[])""",
    # One name, several types, in one schema.
    Kind.MISTYPED: f"""
SELECT schema, name, "column" FROM (
  SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS "column",
    min(a.atttypid) OVER w <> max(a.atttypid) OVER w AS several
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0
    AND NOT a.attisdropped AND {_OURS}
  WINDOW w AS (PARTITION BY n.nspname, a.attname)
) AS named WHERE several""",
    Kind.KEYLESS: f"""
SELECT n.nspname::text, c.relname::text FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND {_OURS}
  AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.conrelid = c.oid AND p.contype = 'p')""",
}
