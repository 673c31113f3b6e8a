-- The columns of these tables that a row may name, with their types; whether a row must have a value,
-- and whether the database has one.
SELECT given.name, a.attname::text, a.attnotnull OR t.typnotnull,
       a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
       a.atttypid::bigint, a.atttypmod, t.typtype::text, t.typcategory::text, t.typname::text,
       format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, NULL), n.nspname::text
FROM unnest(%s::text[]) AS given(name)
JOIN pg_catalog.pg_attribute a ON a.attrelid = to_regclass(given.name)
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped
  AND a.attgenerated = ''
ORDER BY a.attnum
