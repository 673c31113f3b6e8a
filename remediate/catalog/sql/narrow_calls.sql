-- Functions that an index, an exclusion constraint or a CHECK calls with a column of a narrow integer type
-- as it is, and that have no form for a wider one: ALTER TYPE could not make the object again.
WITH RECURSIVE {wanted},
called AS MATERIALIZED (
  SELECT b.relid, b.attnum, a.atttypid, e.what, call[1]::oid AS function
  FROM below b
  JOIN pg_attribute a ON a.attrelid = b.here AND a.attnum = b.there
    AND a.atttypid IN ('smallint'::regtype, 'integer'::regtype)
  CROSS JOIN LATERAL (
    SELECT 'index ' || quote_ident(c.relname) AS what, concat(i.indexprs, i.indpred) AS tree
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = b.here
    UNION ALL
    SELECT 'CHECK ' || quote_ident(k.conname), k.conbin::text
    FROM pg_constraint k WHERE k.conrelid = b.here AND k.contype = 'c') e
  CROSS JOIN LATERAL regexp_matches(
    e.tree,
    '[{]FUNCEXPR :funcid (\d+) [^{]*:args [(](?:[{](?:VAR|CONST) [^{}]*[}] ?)*[{]VAR :varno 1 :varattno '
      || b.there || ' ', 'g') AS call
)
SELECT DISTINCT n.nspname::text AS schema, c.relname::text AS name, w.attname::text AS column,
       r.what || ', which calls ' || f.oid::regprocedure AS what
FROM called r
JOIN pg_proc f ON f.oid = r.function
JOIN wanted w ON w.relid = r.relid AND w.attnum = r.attnum
JOIN pg_class c ON c.oid = w.relid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT EXISTS (
    SELECT FROM pg_proc g
    CROSS JOIN LATERAL unnest(g.proargtypes) AS taken (type)
    JOIN pg_type t ON t.oid = taken.type
    WHERE g.proname = f.proname
      AND (t.typtype = 'p' OR t.typname IN ('int8', 'numeric', 'float4', 'float8', 'oid')
           OR (t.typname = 'int4' AND r.atttypid = 'smallint'::regtype)))
ORDER BY 1, 2, 3, 4
