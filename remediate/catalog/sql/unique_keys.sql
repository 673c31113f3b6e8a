-- What refuses rows that are equal, where a column is part of it: unique indexes and exclusion
-- constraints, also of partitions and children, by their key or by their condition. An index of a
-- partition that belongs to its root's is left out. Expressions are printed by other queries.
WITH RECURSIVE {wanted}
SELECT w.nspname::text AS schema, w.relname::text AS name, w.attname::text AS column,
       b.here::bigint AS relid, n.nspname::text AS here_schema, r.relname::text AS here_name,
       r.relkind = 'p' AS partitioned, x.relname::text AS index, i.indexrelid::bigint AS oid,
       -- A column of PostgreSQL 15.
       coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS null_is_one,
       ARRAY(SELECT a.attname::text FROM pg_attribute a
             WHERE a.attrelid = b.here AND a.attnum > 0 AND NOT a.attisdropped
             ORDER BY a.attnum) AS columns,
       ARRAY(SELECT CASE WHEN i.indkey[k - 1] = b.there OR l.oid IS NULL THEN ARRAY['', '']
                         ELSE ARRAY[ln.nspname::text, l.collname::text] END
             FROM generate_series(1, i.indnkeyatts) AS k
             LEFT JOIN pg_collation l ON l.oid = i.indcollation[k - 1]
             LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
             ORDER BY k) AS collations,
       ARRAY(SELECT ARRAY[o_n.nspname::text, o.oprname::text]
             FROM unnest(k.conexclop) WITH ORDINALITY AS e (operator, place)
             JOIN pg_operator o ON o.oid = e.operator
             JOIN pg_namespace o_n ON o_n.oid = o.oprnamespace
             ORDER BY e.place) AS operators,
       EXISTS (
         SELECT FROM pg_depend d
         WHERE (d.classid, d.objid) IN (('pg_class'::regclass, i.indexrelid),
                                        ('pg_constraint'::regclass, k.oid))
           AND d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass)) AS calls
FROM below b
JOIN wanted w ON (w.relid, w.attnum) = (b.relid, b.attnum)
JOIN pg_class r ON r.oid = b.here
JOIN pg_namespace n ON n.oid = r.relnamespace
JOIN pg_index i ON i.indrelid = b.here AND (i.indisunique OR i.indisexclusion)
JOIN pg_class x ON x.oid = i.indexrelid AND NOT x.relispartition
LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
WHERE b.there = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
   OR strpos(concat(i.indpred, i.indexprs), ':varattno ' || b.there || ' ') > 0
ORDER BY 1, 2, 3, x.relname, i.indexrelid
