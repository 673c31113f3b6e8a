-- What the owners of tables lack of the rights by which PostgreSQL checks foreign keys: it reads and locks
-- rows of either table as the role that owns it, and CASCADE deletes them as that role.
SELECT n.nspname::text AS schema, c.relname::text AS name, lacks.rights
FROM (VALUES {tables}) AS w (schema, relation)
JOIN pg_namespace n ON n.nspname = w.schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation
CROSS JOIN LATERAL (
  SELECT array_remove(ARRAY[
    CASE WHEN NOT has_schema_privilege(c.relowner, n.oid, 'USAGE') THEN 'USAGE on its schema' END,
    CASE WHEN NOT has_table_privilege(c.relowner, c.oid, 'SELECT') THEN 'SELECT' END,
    CASE WHEN NOT has_any_column_privilege(c.relowner, c.oid, 'UPDATE') THEN 'UPDATE' END,
    CASE WHEN NOT has_table_privilege(c.relowner, c.oid, 'DELETE') THEN 'DELETE' END], NULL) AS rights
) AS lacks
WHERE lacks.rights <> '{}'
