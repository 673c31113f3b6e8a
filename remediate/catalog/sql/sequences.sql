-- Every sequence: its parameters, the column that owns it, what draws from it, and the roles that may
-- use it. Ownership and use are separate facts: a column can own one sequence and draw from another.
WITH owner_column AS MATERIALIZED (
  SELECT d.objid, d.refobjid, n.nspname, c.relname, a.attname, d.deptype = 'i' AS identity
  FROM pg_depend d
  JOIN pg_sequence s ON s.seqrelid = d.objid
  JOIN pg_class c ON c.oid = d.refobjid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (
    -- OFFSET 0: one index lookup a column is cheaper than hashing every column of every table.
    SELECT attname FROM pg_attribute WHERE attrelid = d.refobjid AND attnum = d.refobjsubid OFFSET 0
  ) AS a
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
),
drawn AS MATERIALIZED (
  SELECT d.refobjid, bool_or(ad.oid IS NULL) AS elsewhere,
         array_agg(ad.adrelid::bigint ORDER BY ad.adrelid, ad.adnum) FILTER (WHERE ad.oid IS NOT NULL) AS relids,
         array_agg(a.attname::text ORDER BY ad.adrelid, ad.adnum) FILTER (WHERE ad.oid IS NOT NULL) AS columns
  FROM pg_depend d
  LEFT JOIN pg_attrdef ad ON d.classid = 'pg_attrdef'::regclass AND ad.oid = d.objid
  LEFT JOIN LATERAL (
    SELECT attname FROM pg_attribute WHERE attrelid = ad.adrelid AND attnum = ad.adnum OFFSET 0
  ) AS a ON true
  WHERE d.refclassid = 'pg_class'::regclass AND d.deptype = 'n'
    AND d.refobjid IN (SELECT seqrelid FROM pg_sequence)
  GROUP BY 1
)
SELECT s.seqrelid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS name,
       format_type(s.seqtypid, NULL) AS type, pg_get_userbyid(c.relowner)::text AS owner,
       s.seqincrement AS increment, s.seqmax AS maximum, s.seqmin AS minimum,
       s.seqstart AS start, s.seqcycle AS cycles, s.seqcache AS cache,
       c.relpersistence <> 'u' AS logged,
       owner_column.refobjid::bigint AS owner_relid,
       owner_column.nspname::text AS owner_schema, owner_column.relname::text AS owner_table,
       owner_column.attname::text AS owner_column,
       coalesce(owner_column.identity, false) AS identity,
       coalesce(drawn.elsewhere, false) AS used_elsewhere,
       coalesce(drawn.relids, '{}') AS drawing_relids, coalesce(drawn.columns, '{}') AS drawing_columns,
       CASE WHEN c.relacl IS NULL THEN '{}' ELSE ARRAY(
         SELECT DISTINCT CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END::text
         FROM aclexplode(c.relacl) x
         WHERE x.privilege_type IN ('USAGE', 'UPDATE') AND x.grantee <> c.relowner
       ) END AS users
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN owner_column ON owner_column.objid = s.seqrelid
LEFT JOIN drawn ON drawn.refobjid = s.seqrelid
WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
