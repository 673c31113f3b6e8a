SELECT n.nspname::text, p.relname::text, c.relispartition
FROM pg_inherits h
JOIN pg_class c ON c.oid = h.inhrelid
JOIN pg_class p ON p.oid = h.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace
WHERE h.inhrelid = to_regclass(%s)
