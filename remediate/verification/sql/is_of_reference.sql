-- Whether a constraint is this foreign key, or that of a partition which belongs to it.
WITH RECURSIVE family AS (
  SELECT k.oid, k.conname, k.conrelid FROM pg_catalog.pg_constraint k
  WHERE k.conname = %s AND k.conrelid = to_regclass(%s) AND k.contype = 'f'
  UNION
  SELECT k.oid, k.conname, k.conrelid FROM family f
  JOIN pg_catalog.pg_constraint k ON k.conparentid = f.oid
)
SELECT EXISTS (
  SELECT FROM family f
  JOIN pg_catalog.pg_class c ON c.oid = f.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE f.conname = %s AND n.nspname = %s AND c.relname = %s
)
