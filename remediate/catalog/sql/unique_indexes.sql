-- Unique indexes with these names, which constraints share: their tables, and the column of each index
-- that has only one. Waits for no lock.
SELECT i.relname, n.nspname, t.relname, CASE WHEN x.indnkeyatts = 1 THEN a.attname END
FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
WHERE x.indisunique AND i.relname = ANY (%s)
