-- Traces of the creation of tables, and for each an older table with the same columns. OIDs ascend. If
-- no other object was created between a table and the index of its key, the key was part of CREATE
-- TABLE; else it was added later, as pg_dump does. An OID that is missing between a table and such a
-- key was that of a default: CREATE TABLE numbers the table, its types, its defaults and constraints,
-- its TOAST table, then the index (measured on 15, 16 and 18).
WITH relation AS MATERIALIZED (
  SELECT c.oid, c.relnatts, n.nspname, c.relname, c.reltoastrelid
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
)
SELECT relation.nspname::text AS schema, relation.relname::text AS name,
       twin.nspname::text AS twin_schema, twin.relname::text AS twin_name,
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
LEFT JOIN relation AS twin ON twin.oid = model.attrelid
LEFT JOIN pg_constraint con ON con.conrelid = relation.oid AND con.contype = 'p'
ORDER BY 1, 2
