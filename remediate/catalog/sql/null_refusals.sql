-- What rows may meet whose value of a column is NULL: unique indexes in which two such rows may be equal,
-- and CHECKs about the column alone. Their expressions are printed and judged by other queries, since to
-- print one waits for whoever alters the table. A CHECK that calls anything but PostgreSQL's own functions
-- and operators is left out: it would be evaluated.
WITH wanted AS MATERIALIZED (
  SELECT w.number, c.oid AS relid, a.attnum, quote_ident(a.attname) AS column
  FROM (VALUES {places}) AS w (number, schema, relation, attribute)
  JOIN pg_namespace n ON n.nspname = w.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.attribute AND NOT a.attisdropped
)
SELECT w.number, w.column, w.relid::bigint AS relid, x.relname::text AS name, 'index' AS kind,
       i.indexrelid::bigint AS oid, key.as_one
FROM wanted w
JOIN pg_index i ON i.indrelid = w.relid AND i.indisunique AND i.indisvalid
JOIN pg_class x ON x.oid = i.indexrelid
CROSS JOIN LATERAL (
  -- A column of PostgreSQL 15.
  SELECT w.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
         AND coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS as_one) AS key
WHERE key.as_one OR strpos(concat(i.indpred, i.indexprs), ':varattno ' || w.attnum || ' ') > 0
UNION ALL
SELECT w.number, w.column, w.relid::bigint, k.conname::text, 'check', k.oid::bigint, false
FROM wanted w
JOIN pg_constraint k ON k.conrelid = w.relid AND k.contype = 'c' AND k.conkey = ARRAY[w.attnum]
WHERE coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) -- a column of PostgreSQL 18
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
      AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass))
ORDER BY 1, 4
