-- Every sequence: its parameters, the column that owns it, whether anything draws from it, and who
-- may use it. Ownership and use are different facts: a column can own one and draw from another.
WITH owner_column AS MATERIALIZED (
  SELECT d.objid, d.refobjid, a.attname
  FROM pg_depend d
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
),
drawn AS MATERIALIZED (
  SELECT DISTINCT d.refobjid
  FROM pg_depend d
  WHERE d.refclassid = 'pg_class'::regclass AND d.deptype = 'n'
    AND d.refobjid IN (SELECT seqrelid FROM pg_sequence)
)
SELECT s.seqrelid::bigint AS oid, n.nspname::text AS schema, c.relname::text AS name,
       format_type(s.seqtypid, NULL) AS type, pg_get_userbyid(c.relowner)::text AS owner,
       s.seqincrement AS increment, s.seqmax AS maximum,
       owner_column.refobjid::bigint AS owner_relid, owner_column.attname::text AS owner_column,
       drawn.refobjid IS NOT NULL AS used,
       ARRAY(
         SELECT DISTINCT CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END::text
         FROM aclexplode(c.relacl) x
         WHERE x.privilege_type IN ('USAGE', 'UPDATE') AND x.grantee <> c.relowner
       ) AS users
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN owner_column ON owner_column.objid = s.seqrelid
LEFT JOIN drawn ON drawn.refobjid = s.seqrelid
WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname
