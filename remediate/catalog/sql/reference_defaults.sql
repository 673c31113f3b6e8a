-- What an INSERT that omits a column of a reference puts there: the default of the column, or else that
-- of its domain (CREATE DOMAIN copies that of a domain below it), in the table and in each partition.
WITH RECURSIVE wanted AS MATERIALIZED (
  SELECT w.number, a.attname, c.oid AS relid
  FROM (VALUES {places}) AS w (number, schema, relation, attribute)
  JOIN pg_namespace n ON n.nspname = w.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.attribute AND NOT a.attisdropped
),
held AS (
  SELECT * FROM wanted
  UNION
  SELECT held.number, held.attname, h.inhrelid
  FROM held
  JOIN pg_inherits h ON h.inhparent = held.relid
  JOIN pg_class c ON c.oid = h.inhrelid AND c.relispartition
)
SELECT held.number, n.nspname::text AS schema, c.relname::text AS name, c.oid::bigint AS relid,
       a.attname::text AS column, ad.oid IS NOT NULL OR a.attidentity <> '' AS own,
       CASE WHEN a.attidentity <> '' THEN 'GENERATED AS IDENTITY'
            ELSE pg_get_expr(coalesce(ad.adbin, t.typdefaultbin), 0) END AS default_text
FROM held
JOIN pg_class c ON c.oid = held.relid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = held.attname AND a.attgenerated = ''
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef ad ON ad.adrelid = c.oid AND ad.adnum = a.attnum
WHERE a.attidentity <> '' OR coalesce(ad.adbin, t.typdefaultbin) IS NOT NULL
ORDER BY 1, 2, 3, a.attnum
