-- Each type that is not PostgreSQL's own, with the tables whose columns are of it, or made of it.
WITH RECURSIVE parts (whole, part) AS (
  SELECT t.oid, t.oid FROM pg_catalog.pg_type t
  UNION
  SELECT p.whole, x.part
  FROM parts p
  JOIN (
    SELECT t.oid, t.typbasetype FROM pg_catalog.pg_type t WHERE t.typtype = 'd'
    UNION ALL
    SELECT t.oid, t.typelem FROM pg_catalog.pg_type t WHERE t.typcategory = 'A'
    UNION ALL
    SELECT r.rngtypid, r.rngsubtype FROM pg_catalog.pg_range r
    UNION ALL
    SELECT (to_jsonb(r) ->> 'rngmultitypid')::oid, r.rngsubtype FROM pg_catalog.pg_range r
    UNION ALL
    SELECT c.reltype, a.atttypid
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relkind = 'c'
  ) x (whole, part) ON x.whole = p.part
)
SELECT DISTINCT t.typname::text, n.nspname::text, c.relname::text
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN parts p ON p.whole = a.atttypid
JOIN pg_catalog.pg_type t ON t.oid = p.part
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND t.typnamespace <> 'pg_catalog'::regnamespace
