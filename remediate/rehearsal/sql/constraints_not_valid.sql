-- The constraints that rows may not satisfy, as statements that declare them.
SELECT format(
  'ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname,
  pg_catalog.pg_get_constraintdef(k.oid)
)
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT k.convalidated
