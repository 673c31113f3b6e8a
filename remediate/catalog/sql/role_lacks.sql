-- The tables for which this role lacks a right that a repair may ask for.
SELECT n.nspname::text AS schema, c.relname::text AS name, lacks.rights
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
  SELECT array_remove(ARRAY[
    CASE WHEN NOT pg_has_role(c.relowner, 'USAGE') THEN 'ownership' END,
    CASE WHEN NOT has_schema_privilege(n.oid, 'CREATE') THEN 'create' END,
    CASE WHEN NOT has_schema_privilege(c.relowner, n.oid, 'CREATE') THEN 'owner_create' END,
    CASE WHEN row_security_active(c.oid) THEN 'rows' END], NULL) AS rights
) AS lacks
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND lacks.rights <> '{}'
