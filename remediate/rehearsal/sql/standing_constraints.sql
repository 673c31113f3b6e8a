-- The constraints that refuse rows, as statements that declare them: CHECK and foreign keys, and all that are
-- NOT VALID; and whether a partitioned table has it, too. A foreign key to a partitioned table is given once,
-- not for each partition of that table.
SELECT format(
  'ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname,
  pg_catalog.pg_get_constraintdef(k.oid)
), k.conparentid <> 0
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE (NOT k.convalidated OR k.contype IN ('c', 'f'))
  AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint of WHERE of.oid = k.conparentid AND of.conrelid = k.conrelid
  )
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1
