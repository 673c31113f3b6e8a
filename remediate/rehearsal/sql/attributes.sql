SELECT c.oid::bigint, a.attnum::integer, n.nspname::text, c.relname::text, a.attname::text
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
