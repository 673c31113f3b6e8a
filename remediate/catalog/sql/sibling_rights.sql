-- What roles may do with at least half of the tables of a schema, and could not do with a table that
-- this role creates there: default privileges do not give it. An owner without a list of rights has all.
WITH tables AS MATERIALIZED (
  SELECT c.oid, n.oid AS schema, n.nspname::text AS name, coalesce(c.relacl, acldefault('r', c.relowner)) AS acl
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname IN ({schemas})
),
granted AS (
  SELECT t.schema, t.name, x.grantee, x.privilege_type AS privilege, count(DISTINCT t.oid) AS tables
  FROM tables t CROSS JOIN LATERAL aclexplode(t.acl) x
  WHERE x.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
  GROUP BY 1, 2, 3, 4
),
given AS MATERIALIZED (
  SELECT d.defaclnamespace AS schema, x.grantee, x.privilege_type AS privilege
  FROM pg_default_acl d
  JOIN pg_roles me ON me.oid = d.defaclrole AND me.rolname = current_user
  CROSS JOIN LATERAL aclexplode(d.defaclacl) x
  WHERE d.defaclobjtype = 'r'
)
SELECT g.name AS schema, coalesce(r.rolname::text, 'public') AS role,
       array_agg(g.privilege::text ORDER BY
         array_position(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], g.privilege::text)) AS rights
FROM granted g
LEFT JOIN pg_roles r ON r.oid = g.grantee
WHERE 2 * g.tables >= (SELECT count(*) FROM tables t WHERE t.schema = g.schema)
  AND (g.grantee = 0 OR NOT (r.rolsuper OR pg_has_role(r.oid, current_user, 'USAGE')))
  AND NOT EXISTS (
    SELECT FROM given d
    WHERE d.schema IN (0, g.schema) AND d.privilege = g.privilege
      AND CASE WHEN 0 IN (d.grantee, g.grantee) THEN d.grantee = 0
            ELSE pg_has_role(g.grantee, d.grantee, 'USAGE') END)
GROUP BY 1, 2
ORDER BY 1, 2
