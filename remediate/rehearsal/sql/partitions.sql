-- The partitions of a table, on all levels.
SELECT n.nspname::text AS schema, c.relname::text AS name
FROM pg_partition_tree(to_regclass(%s)) t
JOIN pg_class c ON c.oid = t.relid
JOIN pg_namespace n ON n.oid = c.relnamespace
