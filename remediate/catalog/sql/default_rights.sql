-- The roles that default privileges let INSERT into a table which this role creates, and that may not
-- use a sequence behind its columns: one that is there, or one that this role creates, too. The
-- privileges of a schema are added to those of all schemas. A superuser needs no right as long as it
-- is one; it gets what others get.
WITH given AS MATERIALIZED (
  SELECT DISTINCT d.defaclobjtype AS kind, d.defaclnamespace AS schema, x.grantee
  FROM pg_default_acl d
  JOIN pg_roles me ON me.oid = d.defaclrole AND me.rolname = current_user
  CROSS JOIN LATERAL aclexplode(d.defaclacl) x
  WHERE (d.defaclobjtype = 'r' AND x.privilege_type = 'INSERT')
     OR (d.defaclobjtype = 'S' AND x.privilege_type IN ('USAGE', 'UPDATE'))
),
wanted AS MATERIALIZED (
  SELECT DISTINCT w.schema, w.sequence_schema, w.sequence, t.grantee,
         coalesce(r.rolname::text, 'public') AS role,
         NOT coalesce(r.rolsuper, true) AS inherits,  -- PUBLIC is a member of nothing
         to_regclass(w.spelled)::oid AS there
  FROM (VALUES {pairs}) AS w (schema, sequence_schema, sequence, spelled)
  JOIN given t ON t.kind = 'r' AND t.schema IN (0, to_regnamespace(quote_ident(w.schema))::oid)
  LEFT JOIN pg_roles r ON r.oid = t.grantee
),
users AS MATERIALIZED (
  SELECT w.sequence_schema, w.sequence, g.grantee
  FROM (SELECT DISTINCT sequence_schema, sequence, there FROM wanted) w
  LEFT JOIN pg_class c ON c.oid = w.there
  CROSS JOIN LATERAL (
    SELECT s.grantee FROM given s
    WHERE w.there IS NULL AND s.kind = 'S'
      AND s.schema IN (0, to_regnamespace(quote_ident(w.sequence_schema))::oid)
    UNION ALL
    SELECT x.grantee FROM aclexplode(c.relacl) x WHERE x.privilege_type IN ('USAGE', 'UPDATE')
    UNION ALL
    SELECT coalesce(c.relowner, (SELECT oid FROM pg_roles WHERE rolname = current_user))
  ) g
)
SELECT w.schema, w.sequence_schema, w.sequence, w.role
FROM wanted w
WHERE NOT EXISTS (
  SELECT FROM users u
  WHERE u.sequence_schema = w.sequence_schema AND u.sequence = w.sequence
    AND (u.grantee IN (0, w.grantee) OR (w.inherits AND pg_has_role(w.grantee, u.grantee, 'USAGE')))
)
ORDER BY 1, 2, 3, 4
