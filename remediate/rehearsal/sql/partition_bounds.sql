SELECT t.parentrelid::regclass::text, t.relid::regclass::text, p.partstrat::text,
       ARRAY(SELECT a.attname::text
             FROM unnest(p.partattrs::smallint[]) WITH ORDINALITY AS k (attnum, position)
             JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.attnum
             ORDER BY k.position),
       pg_get_expr(c.relpartbound, c.oid)
FROM pg_partition_tree(to_regclass(%s)) AS t
JOIN pg_class c ON c.oid = t.relid
JOIN pg_partitioned_table p ON p.partrelid = t.parentrelid AND p.partexprs IS NULL
ORDER BY t.level, t.relid
