-- Every column of every primary key: one row a column, ordered by table and position in the key.
-- pg_get_expr(adbin, 0) gives a default's text without a lock on the table; with the relation's
-- OID it would wait for an ALTER in flight (measured on 15, 16 and 18). Stored columns have no such
-- text, because they contain Vars. OIDs are unique per catalog only, hence every classid.
WITH RECURSIVE
rel AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.relispartition, c.reltuples
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
),
key AS MATERIALIZED (
  SELECT con.conrelid, k.attnum, k.position
  FROM pg_constraint con, unnest(con.conkey) WITH ORDINALITY AS k (attnum, position)
  WHERE con.contype = 'p'
),
chain AS (
  SELECT t.oid AS type, t.oid AS link, t.typbasetype AS next, 0 AS depth
  FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT chain.type, t.oid, t.typbasetype, chain.depth + 1
  FROM chain JOIN pg_type t ON t.oid = chain.next
),
domain AS MATERIALIZED (
  SELECT chain.type,
         (array_agg(chain.link ORDER BY chain.depth DESC))[1] AS base,
         (array_agg(pg_get_expr(t.typdefaultbin, 0) ORDER BY chain.depth)
            FILTER (WHERE t.typdefaultbin IS NOT NULL))[1] AS default_text
  FROM chain JOIN pg_type t ON t.oid = chain.link
  GROUP BY chain.type
),
owned AS MATERIALIZED (
  SELECT d.refobjid AS relid, d.refobjsubid AS attnum, array_agg(d.objid::bigint ORDER BY d.objid) AS sequences
  FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  GROUP BY 1, 2
),
drawn AS MATERIALIZED (
  SELECT d.objid AS default_oid, array_agg(d.refobjid::bigint ORDER BY d.refobjid) AS sequences
  FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.refobjid
  WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass
  GROUP BY 1
),
filling AS MATERIALIZED (
  -- enabled BEFORE INSERT FOR EACH ROW: bits ROW 1, BEFORE 2, INSERT 4
  SELECT tgrelid, array_agg(tgname::text ORDER BY tgname) AS triggers
  FROM pg_trigger
  WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 7 = 7
  GROUP BY 1
),
parent AS MATERIALIZED (
  SELECT inhrelid, min(inhparent::bigint) AS relid FROM pg_inherits GROUP BY 1
)
SELECT rel.oid::bigint AS relid, rel.nspname::text AS schema, rel.relname::text AS name,
       rel.relkind = 'p' AS partitioned, rel.relispartition AS partition, parent.relid AS parent,
       pg_get_userbyid(rel.relowner)::text AS owner,
       CASE WHEN rel.reltuples >= 0 THEN rel.reltuples::bigint
            ELSE pg_stat_get_live_tuples(rel.oid) END AS row_estimate,
       pg_stat_get_tuples_inserted(rel.oid) AS inserts,
       EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = rel.oid) AS subscribed,
       coalesce(filling.triggers, '{}') AS triggers,
       a.attname::text AS column, format_type(a.atttypid, a.atttypmod) AS type,
       format_type(coalesce(domain.base, a.atttypid), NULL) AS base_type,
       a.attnotnull AS not_null, a.attidentity::text AS identity, a.attgenerated::text AS stored,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(ad.adbin, 0) END AS default_text,
       domain.default_text AS domain_default,
       coalesce(drawn.sequences, '{}') AS drawn, coalesce(owned.sequences, '{}') AS owned,
       has_column_privilege(rel.oid, a.attnum, 'SELECT') AS readable
FROM rel
JOIN key ON key.conrelid = rel.oid
JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum = key.attnum
LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
LEFT JOIN domain ON domain.type = a.atttypid
LEFT JOIN drawn ON drawn.default_oid = ad.oid
LEFT JOIN owned ON owned.relid = a.attrelid AND owned.attnum = a.attnum
LEFT JOIN filling ON filling.tgrelid = rel.oid
LEFT JOIN parent ON parent.inhrelid = rel.oid
ORDER BY rel.nspname, rel.relname, rel.oid, key.position
