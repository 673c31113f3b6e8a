-- Tables without a primary key, the columns that part them and their partitions ("" for an expression),
-- the columns of which there is no key, the NOT NULLs that no key takes, and their valid unique indexes that hold for every row: one row
-- for each, or one without an index. An index is free where nothing would be lost if it became the key's,
-- and were built anew by its name and columns on the way back.
WITH RECURSIVE wanted AS (
  SELECT c.oid, c.relkind
  FROM (VALUES {tables}) AS w (schema, relation)
  JOIN pg_namespace n ON n.nspname = w.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation
), tree (root, part, level) AS (
  SELECT oid, oid, 0 FROM wanted WHERE relkind = 'p'
  UNION ALL
  SELECT tree.root, i.inhrelid, tree.level + 1
  FROM tree JOIN pg_inherits i ON i.inhparent = tree.part
)
SELECT n.nspname::text AS schema, c.relname::text AS name, x.relname::text AS index,
       ARRAY(SELECT ARRAY[pn.nspname::text, pc.relname::text, coalesce(a.attname::text, '')]
             FROM tree
             JOIN pg_partitioned_table p ON p.partrelid = tree.part
             CROSS JOIN unnest(p.partattrs::smallint[]) WITH ORDINALITY AS k (attnum, position)
             LEFT JOIN pg_attribute a ON a.attrelid = tree.part AND a.attnum = k.attnum AND k.attnum > 0
             JOIN pg_class pc ON pc.oid = tree.part
             JOIN pg_namespace pn ON pn.oid = pc.relnamespace
             WHERE tree.root = c.oid
             ORDER BY tree.level, 1, k.position) AS parted_by,
       ARRAY(SELECT ARRAY[pn.nspname::text, pc.relname::text]
             FROM tree
             JOIN pg_class pc ON pc.oid = tree.part AND pc.relkind = 'f'
             JOIN pg_namespace pn ON pn.oid = pc.relnamespace
             WHERE tree.root = c.oid AND c.relkind = 'p'
             ORDER BY 1) AS foreign_parts,
       -- NOT NULL as a constraint of its own, from PostgreSQL 18 on: NOT VALID or NO INHERIT.
       ARRAY(SELECT ARRAY[pn.nspname::text, pc.relname::text, k.conname::text, a.attname::text, k.convalidated::text]
             FROM (SELECT c.oid AS part UNION SELECT tree.part FROM tree WHERE tree.root = c.oid) AS parts
             JOIN pg_constraint k ON k.conrelid = parts.part AND k.contype = 'n'
               AND (NOT k.convalidated OR k.connoinherit)
             JOIN pg_attribute a ON a.attrelid = parts.part AND a.attnum = k.conkey[1]
             JOIN pg_class pc ON pc.oid = parts.part
             JOIN pg_namespace pn ON pn.oid = pc.relnamespace
             ORDER BY 1) AS unfit,
       -- Virtual, or of a type that no B-tree sorts by itself, as IsBinaryCoercible() of PostgreSQL has it.
       ARRAY(SELECT a.attname::text
             FROM pg_attribute a
             JOIN pg_type own ON own.oid = a.atttypid
             JOIN pg_type t ON t.oid = coalesce(nullif(own.typbasetype, 0), own.oid)
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND (
               a.attgenerated = 'v'
               OR (t.typtype = 'b' AND t.typcategory <> 'A' AND NOT EXISTS (
                 SELECT FROM pg_opclass o
                 JOIN pg_am m ON m.oid = o.opcmethod AND m.amname = 'btree'
                 WHERE o.opcdefault AND (o.opcintype = t.oid OR EXISTS (
                   SELECT FROM pg_cast b
                   WHERE b.castsource = t.oid AND b.casttarget = o.opcintype
                     AND b.castmethod = 'b' AND b.castcontext = 'i')))))) AS unordered,
       ARRAY(SELECT a.attname::text
             FROM unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k (attnum, position)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
             ORDER BY k.position) AS columns,
       c.relkind = 'r' AND NOT x.relispartition AND am.amname = 'btree' AND i.indnatts = i.indnkeyatts
         AND i.indimmediate AND NOT i.indisclustered AND NOT i.indisreplident
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
FROM wanted
JOIN pg_class c ON c.oid = wanted.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique AND i.indisvalid
  AND i.indpred IS NULL AND i.indexprs IS NULL
LEFT JOIN pg_class x ON x.oid = i.indexrelid
LEFT JOIN pg_am am ON am.oid = x.relam
ORDER BY 1, 2, 3
