-- The tables partitioned by hash, of this one and what is below it, that have partitions and lack some
-- remainders. The bound is read from its tree, because printing it would wait for an ALTER in flight.
SELECT n.nspname::text, c.relname::text
FROM pg_catalog.pg_partition_tree(to_regclass(%s)) t
JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = t.relid AND p.partstrat = 'h'
JOIN pg_catalog.pg_class c ON c.oid = t.relid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_inherits h ON h.inhparent = t.relid
JOIN pg_catalog.pg_class part ON part.oid = h.inhrelid
GROUP BY n.nspname, c.relname
HAVING round(sum(1.0 / substring(part.relpartbound::text FROM ':modulus (\d+)')::numeric), 9) < 1
ORDER BY 1, 2
