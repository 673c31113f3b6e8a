-- These tables and the views that hang on them, who may read which columns (NULL: all), and
-- whether the rows are stored there.
WITH RECURSIVE found(oid) AS (
  SELECT to_regclass(name)::oid FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL
  UNION
  SELECT r.ev_class FROM found f
  JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass
    AND d.refobjid = f.oid AND d.classid = 'pg_catalog.pg_rewrite'::regclass
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
)
SELECT n.nspname::text, c.relname::text, readers.role, readers.columns, c.relkind IN ('r', 'p')
FROM found
JOIN pg_catalog.pg_class c ON c.oid = found.oid AND c.relkind IN ('r', 'p', 'v', 'm')
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT pg_get_userbyid(c.relowner)::text AS role, NULL::text[] AS columns
  UNION
  SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END, NULL
  FROM aclexplode(c.relacl) a WHERE a.privilege_type = 'SELECT'
  UNION
  SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END,
         array_agg(t.attname::text ORDER BY t.attnum)
  FROM pg_catalog.pg_attribute t, aclexplode(t.attacl) a
  WHERE t.attrelid = c.oid AND NOT t.attisdropped AND a.privilege_type = 'SELECT'
  GROUP BY a.grantee
) readers
ORDER BY 1, 2, 3
