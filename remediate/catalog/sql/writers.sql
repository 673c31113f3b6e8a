-- The roles that may INSERT into each table, and how: into the table, into some of its columns, or into
-- a view over it. The nextval() of a default runs as the role that inserts, also through a view, so
-- each role needs USAGE on the sequence (42501 otherwise); the owner of the table has it as owner of
-- the sequence, and is listed only if another role owns that. Whether a view is updatable is not read
-- here: pg_relation_is_updatable() would wait for an ALTER TABLE in flight.
WITH RECURSIVE
view AS MATERIALIZED (
  -- The views over each relation. An INSERT into the relation has the rights of the
  -- view's owner, or of the role that inserts (security_invoker).
  SELECT DISTINCT d.refobjid AS below, r.ev_class AS oid, v.relowner,
         coalesce(v.reloptions::text ~ 'security_invoker=(true|on|1|yes)', false) AS of_invoker
  FROM pg_rewrite r
  JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v'
  JOIN pg_namespace n ON n.oid = v.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
),
reach AS (
  SELECT c.oid AS relid, c.oid AS through, c.relowner
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  UNION
  SELECT reach.relid, view.oid, reach.relowner
  FROM reach JOIN view ON view.below = reach.through
    AND (view.of_invoker OR has_any_column_privilege(view.relowner, reach.through, 'INSERT'))
),
granted AS (
  SELECT reach.relid, reach.through, reach.relowner, x.grantee
  FROM reach
  JOIN pg_class c ON c.oid = reach.through AND c.relacl IS NOT NULL
  CROSS JOIN LATERAL aclexplode(c.relacl) x
  WHERE x.privilege_type = 'INSERT'
  UNION
  SELECT reach.relid, reach.through, reach.relowner, x.grantee
  FROM reach
  JOIN pg_attribute a ON a.attrelid = reach.through AND a.attacl IS NOT NULL
    AND a.attnum > 0 AND NOT a.attisdropped
  CROSS JOIN LATERAL aclexplode(a.attacl) x
  WHERE x.privilege_type = 'INSERT'
  UNION
  -- Without a list of rights the owner has all of them.
  SELECT reach.relid, reach.through, reach.relowner, c.relowner
  FROM reach JOIN pg_class c ON c.oid = reach.through AND c.relacl IS NULL
),
feeds AS MATERIALIZED (
  -- A default runs with the rights of the role that inserts; an identity needs none.
  SELECT ad.adrelid AS relid, d.refobjid AS sequence, c.relowner
  FROM pg_attrdef ad
  JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = ad.oid
    AND d.refclassid = 'pg_class'::regclass
  JOIN pg_sequence s ON s.seqrelid = d.refobjid
  JOIN pg_class c ON c.oid = s.seqrelid
  UNION
  SELECT a.attrelid, d.refobjid, c.relowner
  FROM pg_type t
  JOIN pg_depend d ON d.classid = 'pg_type'::regclass AND d.objid = t.oid
    AND d.refclassid = 'pg_class'::regclass
  JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'S'
  JOIN pg_attribute a ON a.atttypid = t.oid AND NOT a.atthasdef AND a.attnum > 0
  WHERE t.typtype = 'd'
),
lacking AS MATERIALIZED (
  SELECT w.relid, w.grantee, array_agg(feeds.sequence::bigint ORDER BY feeds.sequence) AS sequences
  FROM (SELECT DISTINCT relid, grantee FROM granted) w
  JOIN feeds ON feeds.relid = w.relid
  WHERE w.grantee <> feeds.relowner
    AND NOT has_sequence_privilege(w.grantee, feeds.sequence, 'USAGE, UPDATE')
  GROUP BY 1, 2
)
SELECT g.relid::bigint AS relid, g.through::bigint AS through, c.relkind = 'v' AS is_view,
       CASE WHEN g.grantee = 0 THEN 'public' ELSE pg_get_userbyid(g.grantee) END::text AS role,
       n.nspname::text AS schema, c.relname::text AS name,
       coalesce(lacking.sequences, '{}') AS lacks,
       NOT has_schema_privilege(g.grantee, n.oid, 'USAGE') AS shut_out
FROM granted g
JOIN pg_class c ON c.oid = g.through
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN lacking ON lacking.relid = g.relid AND lacking.grantee = g.grantee
WHERE g.grantee <> g.relowner OR lacking.relid IS NOT NULL
ORDER BY 1, 4, 5, 6
