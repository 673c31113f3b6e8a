-- Why some dependants cannot be created again as they are: one row for each object and reason. {owners}
-- own the tables whose columns change: the role that changes these has the rights of their owners.
WITH object AS MATERIALIZED (
  SELECT w.kind, w.oid::oid AS oid, w.sub::integer AS sub FROM (VALUES {objects}) AS w (kind, oid, sub)
),
can AS MATERIALIZED (
  -- DROP needs the rights of the owner, ALTER OWNER a change of role (since 16 separate options).
  SELECT r.oid AS role, r.oid IN ({owners}) OR pg_has_role(r.oid, 'USAGE') AND pg_has_role(r.oid,
    CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END) AS drop
  FROM pg_roles r
),
view AS MATERIALIZED (
  SELECT o.kind, c.oid, c.relowner, c.relacl, c.reltype, c.relnamespace, c.relpersistence
  FROM object o JOIN pg_class c ON o.kind IN ('view', 'materialized view') AND c.oid = o.oid
),
part (kind, oid, class, id, owner) AS (
  -- The objects to drop and create, and their owner if that need not be the owner of the table.
  SELECT kind, oid, 'pg_class'::regclass, oid, relowner FROM view
  UNION ALL
  SELECT v.kind, v.oid, 'pg_trigger', t.oid, NULL FROM view v JOIN pg_trigger t ON t.tgrelid = v.oid
  UNION ALL
  SELECT v.kind, v.oid, 'pg_class', i.indexrelid, NULL FROM view v JOIN pg_index i ON i.indrelid = v.oid
  UNION ALL
  SELECT v.kind, v.oid, 'pg_statistic_ext', s.oid, s.stxowner
  FROM view v JOIN pg_statistic_ext s ON s.stxrelid = v.oid
  UNION ALL
  SELECT o.kind, o.oid, 'pg_trigger', t.oid, c.relowner
  FROM object o JOIN pg_trigger t ON o.kind = 'trigger' AND t.oid = o.oid JOIN pg_class c ON c.oid = t.tgrelid
  UNION ALL
  SELECT o.kind, o.oid, 'pg_rewrite', r.oid, c.relowner
  FROM object o JOIN pg_rewrite r ON o.kind = 'rule' AND r.oid = o.oid JOIN pg_class c ON c.oid = r.ev_class
  UNION ALL
  SELECT o.kind, o.oid, 'pg_policy', p.oid, c.relowner
  FROM object o JOIN pg_policy p ON o.kind = 'policy' AND p.oid = o.oid JOIN pg_class c ON c.oid = p.polrelid
  UNION ALL
  SELECT o.kind, o.oid, 'pg_publication_rel', p.oid, b.pubowner
  FROM object o
  JOIN pg_publication_rel p ON o.kind = 'publication' AND p.oid = o.oid
  JOIN pg_publication b ON b.oid = p.prpubid
  UNION ALL
  SELECT o.kind, o.oid, 'pg_constraint', o.oid, NULL FROM object o WHERE o.kind IN ('CHECK', 'exclusion constraint')
  UNION ALL
  SELECT o.kind, o.oid, 'pg_class', k.conindid, NULL
  FROM object o JOIN pg_constraint k ON o.kind = 'exclusion constraint' AND k.oid = o.oid
  UNION ALL
  SELECT o.kind, o.oid, 'pg_class', o.oid, NULL FROM object o WHERE o.kind = 'index'
  UNION ALL
  SELECT o.kind, o.oid, 'pg_statistic_ext', s.oid, s.stxowner
  FROM object o JOIN pg_statistic_ext s ON o.kind = 'statistics' AND s.oid = o.oid
),
reason (kind, oid, what) AS (
  SELECT p.kind, p.oid,
         CASE d.deptype WHEN 'e' THEN 'which belongs to extension ' ELSE 'which depends on extension ' END
         || e.extname
  FROM part p
  JOIN pg_depend d ON d.classid = p.class AND d.objid = p.id AND d.refclassid = 'pg_extension'::regclass
  JOIN pg_extension e ON e.oid = d.refobjid
  UNION
  SELECT p.kind, p.oid, 'which belongs to ' || pg_get_userbyid(p.owner)
  FROM part p JOIN can ON can.role = p.owner AND NOT can.drop
  UNION
  -- The creator and the new owner need CREATE; a superuser does not.
  SELECT p.kind, p.oid, 'whose owner ' || pg_get_userbyid(x.owner) || ' may not create in schema ' || n.nspname
  FROM part p
  LEFT JOIN pg_class c ON p.class = 'pg_class'::regclass AND c.oid = p.id
  LEFT JOIN pg_statistic_ext s ON p.class = 'pg_statistic_ext'::regclass AND s.oid = p.id
  CROSS JOIN LATERAL (SELECT coalesce(c.relowner, s.stxowner) AS owner) x
  JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, s.stxnamespace)
  WHERE NOT has_schema_privilege(x.owner, n.oid, 'CREATE')
    AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
  UNION
  SELECT kind, oid, 'which another session keeps for itself' FROM view WHERE relpersistence = 't'
  UNION
  SELECT v.kind, v.oid, 'with grants by ' || pg_get_userbyid(x.grantor)
  FROM view v
  CROSS JOIN LATERAL (SELECT v.relacl UNION ALL SELECT attacl FROM pg_attribute WHERE attrelid = v.oid) AS a (acl)
  CROSS JOIN LATERAL aclexplode(a.acl) x
  WHERE x.grantor <> v.relowner
  UNION
  SELECT v.kind, v.oid, 'whose row type has grants or a comment'
  FROM view v
  JOIN pg_type t ON t.oid = v.reltype
  WHERE t.typacl IS NOT NULL
     OR EXISTS (SELECT FROM pg_description d WHERE d.classoid = 'pg_type'::regclass AND d.objoid = t.oid)
  UNION
  SELECT p.kind, p.oid, 'which has a security label'
  FROM part p JOIN pg_seclabel l ON l.classoid = p.class AND l.objoid = p.id
  UNION
  SELECT p.kind, p.oid,
         CASE p.kind WHEN 'materialized view' THEN 'whose index ' || c.relname ELSE 'which' END || ' is not valid'
  FROM part p
  JOIN pg_index i ON p.class = 'pg_class'::regclass AND i.indexrelid = p.id AND NOT i.indisvalid
  JOIN pg_class c ON c.oid = i.indexrelid
  UNION
  SELECT v.kind, v.oid, 'which event trigger ' || t.evtname || ' may change when it is made'
  FROM view v
  JOIN pg_event_trigger t ON t.evtevent = 'ddl_command_end' AND t.evtenabled IN ('O', 'A')
    AND (t.evttags IS NULL OR t.evttags && ARRAY['CREATE VIEW', 'CREATE MATERIALIZED VIEW'])
  WHERE NOT EXISTS (
    SELECT FROM pg_depend d
    WHERE d.classid = 'pg_event_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'e')
  UNION
  SELECT p.kind, p.oid, 'which ' || i.type || ' ' || i.identity || ' needs'
  FROM part p
  JOIN pg_depend d ON d.refclassid = p.class AND d.refobjid = p.id AND d.deptype IN ('n', 'a')
  CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i
  WHERE p.kind NOT IN ('view', 'materialized view')
  UNION
  -- Created again, it would be the same in every partition.
  SELECT o.kind, o.oid, 'which is not the same in ' || c.relname
  FROM object o
  JOIN pg_constraint k ON o.kind = 'CHECK' AND k.oid = o.oid
  JOIN pg_constraint l ON l.contype = 'c' AND l.conname = k.conname AND l.coninhcount > 0
    AND (l.conislocal OR l.convalidated <> k.convalidated)
  JOIN pg_class c ON c.oid = l.conrelid AND c.relispartition
  WHERE l.conrelid IN (
    WITH RECURSIVE below AS (
      SELECT k.conrelid AS oid
      UNION ALL SELECT h.inhrelid FROM below JOIN pg_inherits h ON h.inhparent = below.oid)
    SELECT oid FROM below)
)
SELECT kind, oid::bigint AS oid, 0 AS sub, what FROM reason ORDER BY 1, 2, 4
