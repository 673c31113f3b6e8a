-- The first schema of a search path in which a table of this name stands.
SELECT n.nspname::text
FROM unnest(%s::text[]) WITH ORDINALITY AS path(schema, place)
JOIN pg_catalog.pg_namespace n ON n.nspname = path.schema
JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = %s AND c.relkind IN ('r', 'p')
ORDER BY path.place LIMIT 1
