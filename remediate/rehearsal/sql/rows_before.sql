-- The tables that a dump of the live schema laid: their columns, with types, the expressions of
-- generated ones, and what is under domains; keys, and whose rows change with theirs.
SELECT n.nspname::text, c.relname::text,
  ARRAY(
    SELECT ARRAY[
      a.attname::text,
      pg_catalog.format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attgenerated <> '' THEN (
        SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum
      ) ELSE '' END,
      (
        WITH RECURSIVE under (type, modifier) AS (
          VALUES (a.atttypid, a.atttypmod)
          UNION ALL
          SELECT d.typbasetype, d.typtypmod FROM under
          JOIN pg_catalog.pg_type d ON d.oid = under.type AND d.typtype = 'd'
        )
        SELECT pg_catalog.format_type(under.type, under.modifier) FROM under
        JOIN pg_catalog.pg_type b ON b.oid = under.type AND b.typtype <> 'd'
      ),
      CASE WHEN a.attnotnull THEN 'not null' ELSE '' END,
      CASE WHEN a.atthasdef OR a.attidentity <> '' OR t.typtype = 'd' THEN 'default' ELSE '' END
    ]
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
  ),
  ARRAY(
    SELECT a.attname::text
    FROM pg_catalog.pg_constraint k
    CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum
    WHERE k.conrelid = c.oid AND k.contype = 'p' ORDER BY u.place
  ),
  ARRAY(
    SELECT ARRAY[m.nspname::text, r.relname::text]
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class r ON r.oid = k.conrelid
    JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace
    WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.confdeltype NOT IN ('a', 'r')
  ),
  ARRAY(
    SELECT ARRAY[m.nspname::text, r.relname::text]
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class r ON r.oid = k.conrelid
    JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace
    WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.confupdtype NOT IN ('a', 'r')
    UNION
    SELECT ARRAY[m.nspname::text, r.relname::text]
    FROM pg_catalog.pg_inherits i
    JOIN pg_catalog.pg_class r ON r.oid IN (i.inhrelid, i.inhparent) AND r.oid <> c.oid
    JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace
    WHERE c.oid IN (i.inhrelid, i.inhparent)
  ),
  c.relkind = 'r' AND EXISTS (
    SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid OR i.inhrelid = c.oid
  ) AND NOT c.relispartition,
  EXISTS (SELECT FROM pg_catalog.pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal)
    OR EXISTS (SELECT FROM pg_catalog.pg_rewrite w WHERE w.ev_class = c.oid),
  c.relkind = 'p' OR c.relispartition
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
