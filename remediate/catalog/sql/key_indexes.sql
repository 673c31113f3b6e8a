-- Tables without a primary key, the columns that part them ("" for an expression), and their valid
-- unique indexes that hold for every row and at once: one row for each, or one without an index. An
-- index is free where nothing would be lost if it became the key's, and were built anew by its name and
-- columns on the way back.
SELECT n.nspname::text AS schema, c.relname::text AS name, x.relname::text AS index,
       ARRAY(SELECT coalesce(a.attname::text, '')
             FROM pg_partitioned_table p
             CROSS JOIN unnest(p.partattrs::smallint[]) AS k (attnum)
             LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum AND k.attnum > 0
             WHERE p.partrelid = c.oid) AS parted_by,
       ARRAY(SELECT a.attname::text
             FROM unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k (attnum, position)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
             ORDER BY k.position) AS columns,
       c.relkind = 'r' AND NOT x.relispartition AND am.amname = 'btree' AND i.indnatts = i.indnkeyatts
         AND NOT i.indisclustered AND NOT i.indisreplident
         AND x.reltablespace = 0 AND x.reloptions IS NULL
         -- A column of PostgreSQL 15.
         AND NOT coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
         AND NOT EXISTS (
           SELECT FROM unnest(i.indkey::smallint[], i.indoption::smallint[], i.indclass::oid[], i.indcollation::oid[])
             AS k (attnum, bits, class, collated)
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
           JOIN pg_opclass o ON o.oid = k.class
           WHERE k.bits <> 0 OR NOT o.opcdefault OR k.collated <> a.attcollation)
         AND NOT EXISTS (
           SELECT FROM pg_attribute a
           WHERE a.attrelid = x.oid AND nullif((to_jsonb(a) ->> 'attstattarget')::integer, -1) IS NOT NULL)
         AND NOT EXISTS (
           SELECT FROM pg_description d WHERE d.objoid = x.oid AND d.classoid = 'pg_class'::regclass)
         -- A UNIQUE constraint has it already; a foreign key leads to it.
         AND NOT EXISTS (
           SELECT FROM pg_depend d
           WHERE d.classid = 'pg_class'::regclass AND d.objid = x.oid AND d.deptype IN ('i', 'x', 'e'))
         AND NOT EXISTS (
           SELECT FROM pg_depend d
           WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = x.oid) AS free
FROM (VALUES {tables}) AS w (schema, relation)
JOIN pg_namespace n ON n.nspname = w.schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique AND i.indimmediate AND i.indisvalid
  AND i.indpred IS NULL AND i.indexprs IS NULL
LEFT JOIN pg_class x ON x.oid = i.indexrelid
LEFT JOIN pg_am am ON am.oid = x.relam
ORDER BY 1, 2, 3
