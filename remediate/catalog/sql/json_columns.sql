-- The columns of jsonb, also by a domain, that no GIN index contains, not even in an expression.
-- With each whether pg_stat_statements is there and shows the statements of every role.
SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column,
       (SELECT en.nspname::text FROM pg_extension e JOIN pg_namespace en ON en.oid = e.extnamespace
        WHERE e.extname = 'pg_stat_statements'
          AND pg_has_role('pg_read_all_stats', 'USAGE')) AS statements
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relpersistence <> 't'
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped
  AND a.atttypid IN (
    SELECT t.oid FROM pg_type t
    WHERE t.oid = 'pg_catalog.jsonb'::regtype OR t.typbasetype = 'pg_catalog.jsonb'::regtype)
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  AND NOT EXISTS (
    SELECT FROM pg_depend d
    JOIN pg_index i ON i.indexrelid = d.objid AND i.indisvalid
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_am am ON am.oid = x.relam AND am.amname = 'gin'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = c.oid AND d.refobjsubid = a.attnum)
ORDER BY n.nspname, c.relname, a.attnum
