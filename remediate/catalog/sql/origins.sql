-- Traces of the creation of tables, for each an older table with the same columns, and how many with
-- the same columns have more defaults: of its name in other schemas, and at all (partitions are one
-- table with their root). OIDs ascend. If
-- no other object was created between a table and the index of its key, the key was part of CREATE
-- TABLE; else it was added later, as pg_dump does. An OID that is missing between a table and such a
-- key was that of a default: CREATE TABLE numbers the table, its types, its defaults and constraints,
-- its TOAST table, then the index (measured on 15, 16 and 18).
WITH relation AS MATERIALIZED (
  SELECT c.oid, c.relnatts, n.nspname, c.relname, c.relispartition, c.reltoastrelid
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
suspect AS MATERIALIZED (
  SELECT oid, relnatts FROM relation WHERE oid = ANY ('{suspects}'::oid[])
),
looks AS MATERIALIZED (
  SELECT a.attrelid,
         md5(string_agg(a.attname || ' ' || a.atttypid, ',' ORDER BY a.attnum)) AS shape,
         count(*) AS columns, count(*) FILTER (WHERE a.attnotnull) AS not_nulls,
         count(*) FILTER (WHERE a.atthasdef OR a.attidentity <> '') AS defaults
  FROM relation
  JOIN pg_attribute a ON a.attrelid = relation.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE relation.relnatts IN (SELECT relnatts FROM suspect)
  GROUP BY 1
),
model AS MATERIALIZED (
  SELECT DISTINCT ON (shape) shape, attrelid, not_nulls
  FROM looks WHERE defaults > 0 ORDER BY shape, attrelid
),
namesakes AS MATERIALIZED (
  SELECT looks.shape, relation.relname, looks.defaults, count(*) AS number
  FROM looks JOIN relation ON relation.oid = looks.attrelid
  WHERE NOT relation.relispartition GROUP BY 1, 2, 3
),
alike AS MATERIALIZED (
  SELECT shape, defaults, sum(number) AS number FROM namesakes GROUP BY 1, 2
),
namesakes_with_more AS MATERIALIZED (
  SELECT suspect.oid, sum(n.number) AS number
  FROM suspect
  JOIN looks ON looks.attrelid = suspect.oid
  JOIN relation ON relation.oid = suspect.oid
  JOIN namesakes n ON n.shape = looks.shape AND n.relname = relation.relname
    AND n.defaults > looks.defaults
  GROUP BY 1
),
alike_with_more AS MATERIALIZED (
  SELECT suspect.oid, sum(a.number) AS number
  FROM suspect
  JOIN looks ON looks.attrelid = suspect.oid
  JOIN alike a ON a.shape = looks.shape AND a.defaults > looks.defaults
  GROUP BY 1
)
SELECT relation.nspname::text AS schema, relation.relname::text AS name,
       twin.nspname::text AS twin_schema, twin.relname::text AS twin_name,
       coalesce(named.number, 0)::integer AS namesakes, coalesce(kin.number, 0)::integer AS alike,
       model.not_nulls AS twin_not_nulls, looks.columns, looks.not_nulls, looks.defaults,
       coalesce(con.conname::text, '') AS key_constraint,
       coalesce(con.conindid > relation.oid AND NOT EXISTS (
         SELECT FROM pg_class other LEFT JOIN pg_index i ON i.indexrelid = other.oid
         WHERE other.oid > relation.oid AND other.oid < con.conindid
           AND coalesce(i.indrelid, other.oid) NOT IN (relation.oid, relation.reltoastrelid)
       ), false) AS key_inline,
       con.conindid::bigint - relation.oid::bigint - 1
         - (SELECT count(*) FROM pg_type t WHERE t.oid > relation.oid AND t.oid < con.conindid)
         - (SELECT count(*) FROM pg_attrdef t WHERE t.oid > relation.oid AND t.oid < con.conindid)
         - (SELECT count(*) FROM pg_constraint t WHERE t.oid > relation.oid AND t.oid < con.conindid)
         - (SELECT count(*) FROM pg_class t WHERE t.oid > relation.oid AND t.oid < con.conindid)
         AS missing_oids
FROM suspect
JOIN looks ON looks.attrelid = suspect.oid
JOIN relation ON relation.oid = suspect.oid
LEFT JOIN model ON model.shape = looks.shape AND model.attrelid < suspect.oid
LEFT JOIN namesakes_with_more AS named ON named.oid = suspect.oid
LEFT JOIN alike_with_more AS kin ON kin.oid = suspect.oid
LEFT JOIN relation AS twin ON twin.oid = model.attrelid
LEFT JOIN pg_constraint con ON con.conrelid = relation.oid AND con.contype = 'p'
ORDER BY 1, 2
