-- Every foreign key with its columns in order; the copies that partitions inherit are left out.
-- A column is cast when no operator compares it as it is (integer with numeric, character with text):
-- then its own index cannot serve. Types that share their bytes (varchar and text) are not cast.
-- What belongs to a constraint is looked up for each, by index: before ANALYZE the planner takes one row
-- for all of them, and would join them with each other.
WITH RECURSIVE chain AS (
  SELECT t.oid AS domain, t.typbasetype AS link FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT chain.domain, t.typbasetype FROM chain JOIN pg_type t ON t.oid = chain.link AND t.typtype = 'd'
),
base AS MATERIALIZED (
  SELECT chain.domain, chain.link AS type
  FROM chain JOIN pg_type t ON t.oid = chain.link AND t.typtype <> 'd'
),
fk AS MATERIALIZED (
  SELECT con.oid, con.conrelid, con.confrelid, con.conname, con.conkey, con.confkey, con.conpfeqop,
         con.convalidated, con.confdeltype, con.condeferrable,
         -- A column of PostgreSQL 18; what is NOT ENFORCED is never validated.
         con.convalidated OR coalesce((to_jsonb(con) ->> 'conenforced')::boolean, true) AS enforced
  FROM pg_constraint con
  WHERE con.contype = 'f' AND con.conparentid = 0
)
SELECT fk.conrelid::bigint AS relid, fk.confrelid::bigint AS target,
       n.nspname::text AS schema, c.relname::text AS name, fk.conname::text AS constraint_name,
       tn.nspname::text AS target_schema, tc.relname::text AS target_name,
       pair.columns, pair.types, pair.declared, pair.target_columns, pair.target_types, pair.cast_columns,
       pair.nullable,
       fk.convalidated AND fk.enforced AS validated, fk.enforced,
       EXISTS (
         SELECT FROM pg_index i
         JOIN pg_class x ON x.oid = i.indexrelid
         JOIN pg_am am ON am.oid = x.relam AND am.amname IN ('btree', 'hash')
         WHERE i.indrelid = fk.conrelid AND i.indisvalid AND i.indpred IS NULL
           AND i.indnkeyatts >= cardinality(fk.conkey)
           AND (i.indkey::smallint[])[0:cardinality(fk.conkey) - 1] @> fk.conkey) AS indexed,
       fk.confdeltype::text AS on_delete, fk.condeferrable AS deferrable,
       EXISTS (SELECT FROM pg_attrdef ad
               WHERE ad.adrelid = fk.conrelid AND ad.adnum = ANY (fk.conkey)) AS defaulted,
       CASE WHEN fk.convalidated AND fk.enforced THEN '' ELSE pg_get_constraintdef(fk.oid) END AS definition,
       CASE WHEN fk.convalidated AND fk.enforced THEN ''
            ELSE coalesce(obj_description(fk.oid, 'pg_constraint'), '') END AS comment
FROM fk
CROSS JOIN LATERAL (
  SELECT array_agg(a.attname::text ORDER BY k.position) AS columns,
         array_agg(format_type(coalesce(b.type, a.atttypid), NULL) ORDER BY k.position) AS types,
         array_agg(format_type(a.atttypid, a.atttypmod) ORDER BY k.position) AS declared,
         array_agg(ta.attname::text ORDER BY k.position) AS target_columns,
         array_agg(format_type(coalesce(tb.type, ta.atttypid), NULL) ORDER BY k.position) AS target_types,
         array_remove(array_agg(CASE WHEN NOT a.attnotnull THEN a.attname::text END), NULL) AS nullable,
         array_agg(o.oprright <> coalesce(b.type, a.atttypid) AND NOT EXISTS (
             SELECT FROM pg_cast c
             WHERE c.castsource = coalesce(b.type, a.atttypid) AND c.casttarget = o.oprright
               AND c.castmethod = 'b')
           AND (SELECT typtype FROM pg_type WHERE oid = o.oprright) <> 'p'
           ORDER BY k.position) AS cast_columns
  FROM unnest(fk.conkey, fk.confkey, fk.conpfeqop) WITH ORDINALITY AS k (attnum, target, operator, position)
  JOIN pg_attribute a ON a.attrelid = fk.conrelid AND a.attnum = k.attnum
  JOIN pg_attribute ta ON ta.attrelid = fk.confrelid AND ta.attnum = k.target
  JOIN pg_operator o ON o.oid = k.operator
  LEFT JOIN base b ON b.domain = a.atttypid
  LEFT JOIN base tb ON tb.domain = ta.atttypid
) AS pair
JOIN pg_class c ON c.oid = fk.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class tc ON tc.oid = fk.confrelid
JOIN pg_namespace tn ON tn.oid = tc.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, fk.conname
