-- Every column of every table that is no partition, and its type with domains resolved. No expression is
-- printed: that would wait for an ALTER in flight.
WITH RECURSIVE link AS (
  SELECT t.oid AS domain, t.typbasetype AS type, t.typdefault IS NOT NULL AS filled
  FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT link.domain, t.typbasetype, link.filled
  FROM link JOIN pg_type t ON t.oid = link.type AND t.typtype = 'd'
),
base AS MATERIALIZED (
  SELECT link.domain, link.type, link.filled
  FROM link JOIN pg_type t ON t.oid = link.type AND t.typtype <> 'd'
)
SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column,
       format_type(a.atttypid, a.atttypmod) AS type,
       format_type(coalesce(b.type, a.atttypid), NULL) AS base_type,
       a.attnotnull AS not_null,
       a.atthasdef OR a.attidentity <> '' OR coalesce(b.filled, false) AS filled
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN base b ON b.domain = a.atttypid
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND NOT c.relispartition
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
      AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
ORDER BY n.nspname, c.relname, a.attnum
