-- What rows meet whose value of a column is NULL: unique indexes in which two such rows may be equal, and
-- CHECKs about the column alone, whose answer to NULL another query asks for. A CHECK that calls anything
-- but PostgreSQL's own functions and operators is left out: it would be evaluated.
WITH wanted AS MATERIALIZED (
  SELECT w.number, c.oid AS relid, a.attnum, quote_ident(a.attname) AS column
  FROM (VALUES {places}) AS w (number, schema, relation, attribute)
  JOIN pg_namespace n ON n.nspname = w.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.attribute AND NOT a.attisdropped
)
SELECT w.number, w.relid::bigint AS relid, x.relname::text AS name, ''::text AS condition
FROM wanted w
JOIN pg_index i ON i.indrelid = w.relid AND i.indisunique AND i.indisvalid
JOIN pg_class x ON x.oid = i.indexrelid
CROSS JOIN LATERAL (
  SELECT coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS predicate,
         coalesce(pg_get_expr(i.indexprs, i.indrelid), '') AS keys) e
WHERE strpos(e.predicate, '(' || w.column || ' IS NOT NULL)') = 0
  AND (strpos(e.predicate, '(' || w.column || ' IS NULL)') > 0
       OR strpos(e.keys, 'COALESCE(' || w.column) > 0 OR strpos(e.keys, 'COALESCE((' || w.column || ')') > 0
       -- A column of PostgreSQL 15.
       OR (w.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
           AND coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)))
UNION ALL
SELECT w.number, w.relid::bigint, k.conname::text, pg_get_expr(k.conbin, k.conrelid)
FROM wanted w
JOIN pg_constraint k ON k.conrelid = w.relid AND k.contype = 'c' AND k.conkey = ARRAY[w.attnum]
WHERE coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) -- a column of PostgreSQL 18
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid
      AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass))
ORDER BY 1, 3
