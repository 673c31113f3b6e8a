-- Columns without a foreign key that may reference a key: by their name, as a reference in the
-- models, or because the settings name the column.
-- Python matches the names with tables afterwards. For large tables the statistics show whether all
-- values are integers or UUIDs, which costs less than a scan.
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
  SELECT c.oid, n.nspname, c.relname, c.relpages
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND NOT c.relispartition
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
),
single AS MATERIALIZED (
  SELECT conrelid, conkey[1] AS attnum
  FROM pg_constraint WHERE contype = 'p' AND cardinality(conkey) = 1
),
spoken_for AS MATERIALIZED (
  SELECT conrelid, unnest(conkey) AS attnum FROM pg_constraint WHERE contype = 'f'
  UNION
  SELECT conrelid, attnum FROM single
),
called AS MATERIALIZED (
  SELECT lower(relname) AS name FROM rel UNION SELECT rtrim(lower(relname), 's') FROM rel
),
keyed AS MATERIALIZED (
  -- In many schemas a reference has the same name as the key: borrowers.borrowernumber, issues.borrowernumber.
  SELECT DISTINCT lower(a.attname) AS name
  FROM single
  JOIN rel ON rel.oid = single.conrelid
  CROSS JOIN LATERAL (
    -- OFFSET 0: one index lookup a column is cheaper than hashing every column of every table.
    SELECT attname FROM pg_attribute
    WHERE attrelid = single.conrelid AND attnum = single.attnum OFFSET 0
  ) AS a
),
declared (schema, relation, attribute) AS (VALUES {declared}),
typed AS MATERIALIZED (
  -- Types first: a regular expression for each column of a large schema is the main cost.
  SELECT rel.oid, rel.nspname, rel.relname, rel.relpages, a.attnum, a.attname, a.atttypid,
         a.atttypmod, a.attnotnull, a.atthasdef, coalesce(b.type, a.atttypid) AS base
  FROM rel
  JOIN pg_attribute a ON a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' AND a.attidentity = ''
  LEFT JOIN base b ON b.domain = a.atttypid
  WHERE (coalesce(b.type, a.atttypid) IN (
      'smallint'::regtype, 'integer'::regtype, 'bigint'::regtype, 'text'::regtype,
      'character varying'::regtype, 'character'::regtype, 'uuid'::regtype)
      -- Loaders leave it of integers with NULLs; without the models it may be any measure.
      OR a.atttypid = 'double precision'::regtype AND (rel.nspname::text, rel.relname::text, a.attname::text)
        IN (SELECT schema, relation, attribute FROM declared))
    AND NOT EXISTS (SELECT FROM spoken_for s WHERE s.conrelid = rel.oid AND s.attnum = a.attnum)
),
telling AS MATERIALIZED (
  -- Of many tables' columns few names are different: each is matched once.
  SELECT attname FROM (SELECT DISTINCT attname FROM typed) AS a
  WHERE a.attname ~* '(id|uuid|guid|_fk|_ref|_by|[a-z]By|_no|_pk|_key|_oid)$|^(id|fk|uuid)_'
    OR lower(a.attname) IN (SELECT name FROM called)
    OR lower(a.attname) IN (SELECT name FROM keyed)
    OR a.attname ~ {named}
),
found AS MATERIALIZED (
  SELECT * FROM typed a
  WHERE a.attname IN (SELECT attname FROM telling)
    OR (a.nspname::text, a.relname::text, a.attname::text) IN (SELECT schema, relation, attribute FROM declared)
),
beside AS MATERIALIZED (
  SELECT attrelid, attnum, attname FROM pg_attribute
  WHERE attrelid IN (SELECT oid FROM found) AND attnum > 0 AND NOT attisdropped
),
names AS MATERIALIZED (
  SELECT DISTINCT attname FROM beside
),
siblings AS MATERIALIZED (
  SELECT beside.attrelid, array_agg(beside.attname::text ORDER BY beside.attnum) AS names
  FROM beside JOIN names ON names.attname = beside.attname
  WHERE names.attname ~* '(type|kind|class|model|table|name)(_id)?$'
  GROUP BY beside.attrelid
),
starting AS MATERIALIZED (
  SELECT DISTINCT indrelid, indkey[0] AS attnum FROM pg_index WHERE indisvalid AND indpred IS NULL
)
SELECT f.oid::bigint AS relid, f.nspname::text AS schema, f.relname::text AS name,
       f.attname::text AS column, format_type(f.atttypid, f.atttypmod) AS type,
       format_type(f.base, NULL) AS base_type, f.attnotnull AS not_null,
       coalesce(pg_get_expr(ad.adbin, 0), '') AS default_text,
       starting.attnum IS NOT NULL AS indexed, coalesce(siblings.names, '{}') AS siblings,
       stats.integers, stats.uuids
FROM found f
LEFT JOIN pg_attrdef ad ON f.atthasdef AND ad.adrelid = f.oid AND ad.adnum = f.attnum
LEFT JOIN starting ON starting.indrelid = f.oid AND starting.attnum = f.attnum
LEFT JOIN siblings ON siblings.attrelid = f.oid
LEFT JOIN LATERAL (
  SELECT bool_and(value ~ '^(0|-?[1-9][0-9]*)$') AS integers,
         bool_and(value ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$') AS uuids
  FROM pg_stats s
  CROSS JOIN LATERAL unnest(coalesce(s.most_common_vals::text::text[], '{}')
                            || coalesce(s.histogram_bounds::text::text[], '{}')) AS value
  WHERE f.relpages > {large}
    AND f.base IN ('text'::regtype, 'character varying'::regtype, 'character'::regtype)
    AND s.schemaname = f.nspname AND s.tablename = f.relname AND s.attname = f.attname
) AS stats ON true
ORDER BY f.nspname, f.relname, f.attnum
