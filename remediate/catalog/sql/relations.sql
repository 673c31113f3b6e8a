-- The columns of relations of any kind, and their types with domains resolved.
WITH RECURSIVE link AS (
  SELECT t.oid AS domain, t.typbasetype AS type, t.typtypmod AS modifier
  FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT link.domain, t.typbasetype, t.typtypmod
  FROM link JOIN pg_type t ON t.oid = link.type AND t.typtype = 'd'
),
base AS (
  SELECT link.domain, link.type, link.modifier
  FROM link JOIN pg_type t ON t.oid = link.type AND t.typtype <> 'd'
),
indexes AS MATERIALIZED (
  SELECT i.indrelid, i.indkey[0] AS attnum, array_agg(k.relname::text) AS names
  FROM pg_index i JOIN pg_class k ON k.oid = i.indexrelid
  WHERE i.indisvalid AND NOT i.indisunique AND i.indpred IS NULL AND i.indnatts = 1
  GROUP BY 1, 2
)
SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column,
       format_type(coalesce(b.type, a.atttypid), coalesce(b.modifier, a.atttypmod)) AS type,
       coalesce(i.names, '{}') AS indexes
FROM (VALUES {tables}) AS w (schema, relation)
JOIN pg_namespace n ON n.nspname = w.schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN base b ON b.domain = a.atttypid
LEFT JOIN indexes i ON i.indrelid = c.oid AND i.attnum = a.attnum
