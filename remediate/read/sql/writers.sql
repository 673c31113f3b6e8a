-- Who may INSERT into each table, and through what: the table itself, some of its columns, or a
-- view over it. A default's nextval() runs as the role that inserts, also through a view, so each of
-- them needs USAGE on the sequence (42501 otherwise); only the table's owner has it by ownership.
WITH RECURSIVE
reach AS (
  SELECT c.oid AS relid, c.oid AS through, c.relowner
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  UNION
  SELECT reach.relid, r.ev_class, reach.relowner
  FROM reach
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = reach.through
    AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite r ON r.oid = d.objid
  JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v'
  WHERE r.ev_class <> reach.through
),
granted AS (
  SELECT reach.relid, reach.through, reach.relowner, x.grantee
  FROM reach
  JOIN pg_class c ON c.oid = reach.through
  CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x
  WHERE x.privilege_type = 'INSERT'
  UNION
  SELECT reach.relid, reach.through, reach.relowner, x.grantee
  FROM reach
  JOIN pg_attribute a ON a.attrelid = reach.through AND a.attnum > 0 AND NOT a.attisdropped
  CROSS JOIN LATERAL aclexplode(a.attacl) x
  WHERE x.privilege_type = 'INSERT'
)
SELECT g.relid::bigint AS relid,
       CASE WHEN g.grantee = 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END::text AS role,
       n.nspname::text AS schema, c.relname::text AS name,
       pg_relation_is_updatable(c.oid, false) & 8 = 8 AS insertable
FROM granted g
JOIN pg_class c ON c.oid = g.through
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE g.grantee <> g.relowner
ORDER BY 1, 2, 3, 4
