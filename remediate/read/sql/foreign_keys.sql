-- Every foreign key with its columns in order; the copies that partitions inherit are left out.
WITH RECURSIVE chain AS (
  SELECT t.oid AS domain, t.typbasetype AS link FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT chain.domain, t.typbasetype FROM chain JOIN pg_type t ON t.oid = chain.link AND t.typtype = 'd'
),
base AS MATERIALIZED (
  SELECT chain.domain, chain.link AS type
  FROM chain JOIN pg_type t ON t.oid = chain.link AND t.typtype <> 'd'
)
SELECT con.conrelid::bigint AS relid, con.confrelid::bigint AS target,
       n.nspname::text AS schema, c.relname::text AS name,
       con.conname::text AS constraint_name,
       tn.nspname::text AS target_schema, tc.relname::text AS target_name,
       pairs.columns, pairs.types, pairs.target_columns
FROM pg_constraint con
CROSS JOIN LATERAL (
  SELECT array_agg(a.attname::text ORDER BY k.position) AS columns,
         array_agg(format_type(coalesce(base.type, a.atttypid), NULL) ORDER BY k.position) AS types,
         array_agg(ta.attname::text ORDER BY k.position) AS target_columns
  FROM unnest(con.conkey, con.confkey) WITH ORDINALITY AS k (attnum, target, position)
  JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.attnum
  JOIN pg_attribute ta ON ta.attrelid = con.confrelid AND ta.attnum = k.target
  LEFT JOIN base ON base.domain = a.atttypid
) AS pairs
JOIN pg_class c ON c.oid = con.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class tc ON tc.oid = con.confrelid
JOIN pg_namespace tn ON tn.oid = tc.relnamespace
WHERE con.contype = 'f' AND con.conparentid = 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, con.conname
