-- Every foreign key, one row for each pair of columns, in order; the copies that partitions inherit are
-- left out. What belongs to the key as a whole is the same in each of its rows.
-- A column is cast when no operator compares it as it is (integer with numeric, character with text):
-- then its own index cannot serve. Types that share their bytes (varchar and text) are not cast.
-- Nothing is looked up for each foreign key: of thousands, that takes twice as long.
WITH RECURSIVE chain AS (
  SELECT t.oid AS domain, t.typbasetype AS link FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT chain.domain, t.typbasetype FROM chain JOIN pg_type t ON t.oid = chain.link AND t.typtype = 'd'
),
base AS MATERIALIZED (
  SELECT chain.domain, chain.link AS type
  FROM chain JOIN pg_type t ON t.oid = chain.link AND t.typtype <> 'd'
),
rel AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p')
),
fk AS MATERIALIZED (
  SELECT con.oid, con.conrelid, con.confrelid, con.conname, con.conkey,
         con.convalidated, con.confdeltype, con.condeferrable,
         -- A column of PostgreSQL 18; what is NOT ENFORCED is never validated.
         con.convalidated OR coalesce((to_jsonb(con) ->> 'conenforced')::boolean, true) AS enforced,
         pair.attnum, pair.target, pair.operator, pair.position
  FROM pg_constraint con,
       unnest(con.conkey, con.confkey, con.conpfeqop)
       WITH ORDINALITY AS pair (attnum, target, operator, position)
  WHERE con.contype = 'f' AND con.conparentid = 0
),
served AS MATERIALIZED (
  SELECT DISTINCT fk.oid
  FROM fk
  JOIN pg_index i ON i.indrelid = fk.conrelid AND i.indisvalid
    -- A lookup by = never needs the rows that WHERE column IS NOT NULL leaves out. Its tree is read:
    -- to print an expression waits for whoever alters its table.
    AND (i.indpred IS NULL OR cardinality(fk.conkey) = 1
      AND i.indpred::text ~ ('^[{]NULLTEST :arg [{]VAR :varno 1 :varattno ' || fk.conkey[1]
        || ' [^{}]*[}] :nulltesttype 1 [^{}]*[}]$'))
    AND i.indnkeyatts >= cardinality(fk.conkey)
    AND (i.indkey::smallint[])[0:cardinality(fk.conkey) - 1] @> fk.conkey
  JOIN pg_class x ON x.oid = i.indexrelid
  JOIN pg_am am ON am.oid = x.relam AND am.amname IN ('btree', 'hash')
  WHERE fk.position = 1
)
SELECT fk.oid::bigint AS oid, c.nspname::text AS schema, c.relname::text AS name,
       fk.conname::text AS constraint_name,
       tc.nspname::text AS target_schema, tc.relname::text AS target_name,
       a.attname::text AS column, format_type(coalesce(b.type, a.atttypid), NULL) AS type,
       format_type(a.atttypid, a.atttypmod) AS declared,
       ta.attname::text AS target_column,
       format_type(coalesce(tb.type, ta.atttypid), NULL) AS target_type,
       NOT a.attnotnull AS nullable,
       o.oprright <> coalesce(b.type, a.atttypid) AND NOT EXISTS (
           SELECT FROM pg_cast c
           WHERE c.castsource = coalesce(b.type, a.atttypid) AND c.casttarget = o.oprright
             AND c.castmethod = 'b')
         AND (SELECT typtype FROM pg_type WHERE oid = o.oprright) <> 'p' AS is_cast,
       fk.convalidated AND fk.enforced AS validated, fk.enforced,
       served.oid IS NOT NULL AS indexed,
       fk.confdeltype::text AS on_delete, fk.condeferrable AS deferrable,
       a.atthasdef AS defaulted,
       CASE WHEN fk.convalidated AND fk.enforced THEN '' ELSE pg_get_constraintdef(fk.oid) END AS definition,
       CASE WHEN fk.convalidated AND fk.enforced THEN ''
            ELSE coalesce(obj_description(fk.oid, 'pg_constraint'), '') END AS comment
FROM fk
JOIN rel c ON c.oid = fk.conrelid
JOIN rel tc ON tc.oid = fk.confrelid
JOIN pg_attribute a ON a.attrelid = fk.conrelid AND a.attnum = fk.attnum
JOIN pg_attribute ta ON ta.attrelid = fk.confrelid AND ta.attnum = fk.target
JOIN pg_operator o ON o.oid = fk.operator
LEFT JOIN base b ON b.domain = a.atttypid
LEFT JOIN base tb ON tb.domain = ta.atttypid
LEFT JOIN served ON served.oid = fk.oid
WHERE c.nspname !~ '^pg_' AND c.nspname <> 'information_schema'
ORDER BY c.nspname, c.relname, fk.conname, fk.position
