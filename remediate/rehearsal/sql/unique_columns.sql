-- Unique indexes and exclusion constraints, as far as a SELECT can repeat them: the columns that each speaks
-- of, its keys and its condition as PostgreSQL prints them, whether NULL is as one value, whether it refuses
-- at once, whether only the index itself tells, since it excludes, or calls what is not PostgreSQL's own, and
-- the partition that alone has it: each partitioned table above is given with it, too.
SELECT n.nspname::text, c.relname::text, ARRAY[own.nspname::text, x.relname::text], ARRAY(
    SELECT a.attname::text FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = i.indrelid AND a.attnum > 0 AND NOT a.attisdropped
      AND (a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])
        OR strpos(concat(i.indpred, i.indexprs), ':varattno ' || a.attnum || ' ') > 0)
    ORDER BY a.attnum
  ), ARRAY(
    SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k, false)
    FROM generate_series(1, i.indnkeyatts) AS k ORDER BY k
  ), coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid), ''),
  coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false), -- a column of PostgreSQL 15
  i.indimmediate,
  i.indisexclusion OR EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
      AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)),
  CASE WHEN c.oid = i.indrelid THEN '' ELSE i.indrelid::regclass::text END
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_namespace own ON own.oid = x.relnamespace
CROSS JOIN LATERAL (
  SELECT i.indrelid
  UNION
  SELECT a.relid FROM pg_catalog.pg_partition_ancestors(i.indrelid) AS a WHERE NOT x.relispartition
) AS of (relid)
JOIN pg_catalog.pg_class c ON c.oid = of.relid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE (i.indisunique OR i.indisexclusion) AND i.indisvalid
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1, 2, 3
