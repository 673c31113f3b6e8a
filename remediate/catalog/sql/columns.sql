-- Every table with the columns of its primary key, and all other columns that use or own a sequence:
-- one row for each column (one without a column, if there is none), ordered by table; those of the key
-- come first, in the order of the key. {within}: a condition on the tables, n and c; {also}: a query of
-- further columns, by OID and number.
-- pg_get_expr(adbin, 0) prints a default without a lock on the table; with the OID of the relation it
-- would wait for an ALTER in flight (measured on 15, 16 and 18). It cannot print stored columns,
-- because they contain Vars. OIDs are unique only within a catalog, hence every classid.
WITH RECURSIVE
rel AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.relispartition, c.reltuples,
         c.relpages, c.relpersistence
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
    AND {within}
),
further (relid, attnum) AS MATERIALIZED ({also}),
key AS MATERIALIZED (
  SELECT con.conrelid, k.attnum, k.position
  FROM pg_constraint con, unnest(con.conkey) WITH ORDINALITY AS k (attnum, position)
  WHERE con.contype = 'p'
),
chain AS (
  SELECT t.oid AS type, t.oid AS link, t.typbasetype AS next, t.typtypmod AS modifier, 0 AS depth
  FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT chain.type, t.oid, t.typbasetype,
         CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE chain.modifier END, chain.depth + 1
  FROM chain JOIN pg_type t ON t.oid = chain.next
),
domain AS MATERIALIZED (
  -- Only a domain's own default counts: CREATE DOMAIN copies that of a domain below it.
  SELECT chain.type, (array_agg(chain.link ORDER BY chain.depth DESC))[1] AS base,
         (array_agg(chain.modifier ORDER BY chain.depth DESC))[1] AS modifier,
         max(pg_get_expr(t.typdefaultbin, 0)) FILTER (WHERE chain.depth = 0) AS default_text
  FROM chain JOIN pg_type t ON t.oid = chain.link
  GROUP BY chain.type
),
owned AS MATERIALIZED (
  SELECT d.refobjid AS relid, d.refobjsubid AS attnum, bool_or(d.deptype = 'i') AS identity,
         array_agg(d.objid::bigint ORDER BY d.deptype <> 'i', d.objid) AS sequences
  FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  GROUP BY 1, 2
),
drawn AS MATERIALIZED (
  SELECT d.classid, d.objid, array_agg(d.refobjid::bigint ORDER BY d.refobjid) AS sequences
  FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.refobjid
  WHERE d.classid IN ('pg_attrdef'::regclass, 'pg_type'::regclass)
    AND d.refclassid = 'pg_class'::regclass
  GROUP BY 1, 2
),
expr AS MATERIALIZED (
  -- Printing a default is costly, so only where it matters: of a key, of a column that draws from a
  -- sequence, and of one that calls nextval() with a name, which no dependency records. nextval() of a
  -- constant and nothing else (FUNCEXPR, CONST) needs no text.
  SELECT ad.oid, ad.adrelid AS relid, ad.adnum AS attnum, tree.exact,
         CASE WHEN a.attgenerated = '' AND NOT tree.exact THEN pg_get_expr(ad.adbin, 0) END AS text
  FROM pg_attrdef ad
  CROSS JOIN LATERAL (
    SELECT attgenerated FROM pg_attribute WHERE attrelid = ad.adrelid AND attnum = ad.adnum OFFSET 0
  ) AS a
  CROSS JOIN LATERAL (
    SELECT starts_with(ad.adbin::text, '{FUNCEXPR :funcid ' || 'nextval(regclass)'::regprocedure::oid)
      AND length(ad.adbin::text) - length(replace(ad.adbin::text, '{', '')) = 2
      AND ad.oid IN (SELECT objid FROM drawn WHERE classid = 'pg_attrdef'::regclass) AS exact
  ) AS tree
  WHERE position(':funcid ' || 'nextval(regclass)'::regprocedure::oid || ' ' IN ad.adbin::text) > 0
     OR (ad.adrelid, ad.adnum) IN (SELECT conrelid, attnum FROM key)
     OR (ad.adrelid, ad.adnum) IN (SELECT relid, attnum FROM further)
     OR ad.oid IN (SELECT objid FROM drawn WHERE classid = 'pg_attrdef'::regclass)
),
filling AS MATERIALIZED (
  -- enabled BEFORE INSERT FOR EACH ROW: bits ROW 1, BEFORE 2, INSERT 4
  -- or a rule that does something else instead
  SELECT f.relid AS tgrelid, array_agg(f.name ORDER BY f.name) AS triggers
  FROM (
    SELECT tgrelid AS relid, tgname::text AS name FROM pg_trigger
    WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 7 = 7
    UNION ALL
    SELECT ev_class, rulename::text FROM pg_rewrite
    WHERE ev_type = '3' AND is_instead AND ev_enabled <> 'D'
  ) AS f
  GROUP BY 1
),
through AS MATERIALIZED (
  -- Views over a table with INSTEAD OF INSERT triggers (bits INSERT 4, INSTEAD 64) or such rules, which
  -- may bring the key along.
  SELECT d.refobjid AS relid, array_agg(DISTINCT v.relname::text ORDER BY v.relname::text) AS views
  FROM pg_class v
  JOIN pg_rewrite r ON r.ev_class = v.oid
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
  WHERE v.relkind = 'v' AND (
    EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = v.oid AND t.tgtype & 68 = 68 AND t.tgenabled <> 'D')
    OR EXISTS (SELECT FROM pg_rewrite i
               WHERE i.ev_class = v.oid AND i.ev_type = '3' AND i.is_instead AND i.ev_enabled <> 'D'))
  GROUP BY 1
),
parent AS MATERIALIZED (
  SELECT inhrelid, array_agg(inhparent::bigint ORDER BY inhseqno) AS relids
  FROM pg_inherits GROUP BY 1
),
indexes AS MATERIALIZED (
  SELECT indrelid, count(*) AS number FROM pg_index GROUP BY 1
),
checked AS MATERIALIZED (
  SELECT DISTINCT conrelid, conkey[1] AS attnum
  FROM pg_constraint WHERE contype = 'c' AND cardinality(conkey) = 1
),
inherited AS (
  -- The columns of identities, and the same of inheritance children, which do not inherit that; those
  -- of partitions do from 17 on, and use the sequence of their root.
  SELECT owned.relid, a.attnum, a.attname
  FROM owned
  CROSS JOIN LATERAL (
    SELECT attnum, attname FROM pg_attribute
    WHERE attrelid = owned.relid AND attnum = owned.attnum OFFSET 0
  ) AS a
  WHERE owned.identity
  UNION
  SELECT h.inhrelid, a.attnum, inherited.attname
  FROM inherited
  JOIN pg_inherits h ON h.inhparent = inherited.relid
  CROSS JOIN LATERAL (
    SELECT attnum FROM pg_attribute
    WHERE attrelid = h.inhrelid AND attname = inherited.attname OFFSET 0
  ) AS a
),
chosen AS MATERIALIZED (
  SELECT conrelid AS relid, attnum FROM key
  UNION SELECT relid, attnum FROM further
  UNION SELECT relid, attnum FROM owned
  UNION SELECT relid, attnum FROM inherited
  UNION SELECT ad.adrelid, ad.adnum
        FROM drawn JOIN pg_attrdef ad ON drawn.classid = 'pg_attrdef'::regclass AND ad.oid = drawn.objid
  UNION SELECT relid, attnum FROM expr WHERE starts_with(text, 'nextval((')
  UNION SELECT a.attrelid, a.attnum
        FROM pg_attribute a JOIN domain ON domain.type = a.atttypid
        JOIN drawn ON drawn.classid = 'pg_type'::regclass AND drawn.objid = domain.type
        WHERE a.attnum > 0
),
indexed AS MATERIALIZED (
  -- Full, valid indexes by column: whether one is unique on it alone, or together with others,
  -- and whether a btree starts with it.
  SELECT i.indrelid, k.attnum,
         bool_or(i.indisunique AND i.indnkeyatts = 1) AS alone,
         bool_or(i.indisunique) AS together,
         bool_or(k.position = 1 AND am.amname = 'btree') AS leads
  FROM pg_index i
  JOIN pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_am am ON am.oid = ic.relam
  CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, position)
  JOIN chosen ON chosen.relid = i.indrelid AND chosen.attnum = k.attnum
  WHERE i.indisvalid AND i.indpred IS NULL AND k.position <= i.indnkeyatts
  GROUP BY 1, 2
)
SELECT rel.oid::bigint AS relid, rel.nspname::text AS schema, rel.relname::text AS name,
       rel.relkind = 'p' AS partitioned, rel.relispartition AS partition,
       coalesce(parent.relids, '{}') AS parents,
       pg_get_userbyid(rel.relowner)::text AS owner,
       -- Before 14, a table that nobody has analyzed has 0 rows on 0 pages there, and not -1.
       CASE WHEN rel.reltuples > 0 OR rel.relpages > 0
              OR rel.reltuples = 0 AND current_setting('server_version_num')::integer >= 140000
              THEN rel.reltuples::bigint
            WHEN NOT pg_is_in_recovery() THEN pg_stat_get_live_tuples(rel.oid) END AS row_estimate,
       -- A standby counts nothing of what its primary does.
       CASE WHEN NOT pg_is_in_recovery() THEN pg_stat_get_tuples_inserted(rel.oid) END AS inserts,
       CASE WHEN NOT pg_is_in_recovery() THEN pg_stat_get_tuples_deleted(rel.oid) END AS deletes,
       CASE WHEN NOT pg_is_in_recovery() THEN pg_stat_get_dead_tuples(rel.oid) END AS dead,
       rel.relpages AS pages, coalesce(indexes.number, 0) AS indexes, rel.relpersistence <> 'u' AS logged,
       EXISTS (SELECT FROM pg_subscription_rel s WHERE s.srrelid = rel.oid) AS subscribed,
       coalesce(filling.triggers, '{}') AS triggers, coalesce(through.views, '{}') AS through,
       key.position IS NOT NULL AS in_key,
       a.attname::text AS column, format_type(a.atttypid, a.atttypmod) AS type,
       format_type(coalesce(domain.base, a.atttypid), NULL) AS base_type,
       format_type(domain.base, domain.modifier) AS resolved,
       a.attnotnull AS not_null, a.attidentity::text AS identity, a.attgenerated::text AS stored,
       CASE WHEN expr.exact THEN '' ELSE expr.text END AS default_text,
       coalesce(expr.exact, false) AS exact,
       domain.default_text AS domain_default,
       coalesce(drawn.sequences, of_domain.sequences, '{}') AS drawn,
       coalesce(owned.sequences, '{}') AS owned,
       CASE WHEN indexed.alone THEN 'alone' WHEN indexed.together THEN 'together' ELSE '' END AS uniqueness,
       coalesce(indexed.leads, false) AS leads_index, checked.attnum IS NOT NULL AS checked,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
         OR has_column_privilege(rel.oid, a.attnum, 'SELECT') AS readable
FROM rel
LEFT JOIN chosen ON chosen.relid = rel.oid
LEFT JOIN LATERAL (
  -- OFFSET 0: one index lookup a column is cheaper than hashing every column of every table.
  SELECT * FROM pg_attribute WHERE attrelid = chosen.relid AND attnum = chosen.attnum OFFSET 0
) AS a ON true
LEFT JOIN key ON key.conrelid = rel.oid AND key.attnum = a.attnum
LEFT JOIN expr ON expr.relid = a.attrelid AND expr.attnum = a.attnum
LEFT JOIN domain ON domain.type = a.atttypid
LEFT JOIN drawn ON drawn.classid = 'pg_attrdef'::regclass AND drawn.objid = expr.oid
LEFT JOIN drawn AS of_domain
  ON of_domain.classid = 'pg_type'::regclass AND of_domain.objid = domain.type AND expr.oid IS NULL
LEFT JOIN owned ON owned.relid = a.attrelid AND owned.attnum = a.attnum
LEFT JOIN filling ON filling.tgrelid = rel.oid
LEFT JOIN through ON through.relid = rel.oid
LEFT JOIN parent ON parent.inhrelid = rel.oid
LEFT JOIN indexes ON indexes.indrelid = rel.oid
LEFT JOIN indexed ON indexed.indrelid = a.attrelid AND indexed.attnum = a.attnum
LEFT JOIN checked ON checked.conrelid = a.attrelid AND checked.attnum = a.attnum
ORDER BY rel.nspname, rel.relname, rel.oid, key.position, a.attnum
