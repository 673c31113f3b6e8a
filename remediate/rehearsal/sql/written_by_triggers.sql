-- What the functions of these tables' triggers name: pg_depend does not know of it.
SELECT DISTINCT c.oid::bigint
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
JOIN pg_catalog.pg_class c ON c.relkind IN ('r', 'p') AND strpos(p.prosrc, c.relname) > 0
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgrelid = ANY (%s::oid[]) AND NOT t.tgisinternal
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND p.prosrc ~ ('\m' || regexp_replace(c.relname, '([^[:alnum:]_])', '\\\1', 'g') || '\M')
