-- Tables with rules that act instead of an INSERT, and partitioned tables with the rows that their own
-- partitions take: all of them by a default partition, or by a hash for every remainder. The bound is
-- read from its tree, because printing it would wait for an ALTER in flight.
SELECT n.nspname::text AS schema, c.relname::text AS name,
       coalesce((
         SELECT array_agg(r.rulename::text ORDER BY r.rulename::text) FROM pg_rewrite r
         WHERE r.ev_class = c.oid AND r.ev_type = '3' AND r.is_instead AND r.ev_enabled IN ('O', 'A')
       ), '{}') AS rules,
       CASE WHEN c.relkind <> 'p' THEN ''
            WHEN NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = c.oid) THEN 'none'
            WHEN p.partdefid <> 0 THEN 'all'
            WHEN p.partstrat = 'h' AND (
              SELECT round(sum(1.0 / substring(part.relpartbound::text FROM ':modulus (\d+)')::numeric), 9)
              FROM pg_inherits h JOIN pg_class part ON part.oid = h.inhrelid
              WHERE h.inhparent = c.oid) = 1 THEN 'all'
            ELSE 'some' END AS partitions
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_partitioned_table p ON p.partrelid = c.oid
WHERE (c.relkind = 'p' OR (c.relkind = 'r' AND c.relhasrules)) AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
