-- What the constraints of tables are called, of whatever kind.
SELECT n.nspname::text AS schema, c.relname::text AS name, array_agg(k.conname::text) AS names
FROM (VALUES {tables}) AS w (schema, relation)
JOIN pg_namespace n ON n.nspname = w.schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation
JOIN pg_constraint k ON k.conrelid = c.oid
GROUP BY 1, 2
