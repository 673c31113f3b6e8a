-- Columns that are unique by themselves, of tables that a reference may target.
SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column,
       format_type(a.atttypid, NULL) AS type
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
WHERE i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] <> 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND (n.nspname::text, c.relname::text) IN (VALUES {tables})
ORDER BY 1, 2, a.attnum
