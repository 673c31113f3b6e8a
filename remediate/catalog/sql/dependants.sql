-- The objects that depend on columns and for which ALTER TYPE fails, or which it does not restore, also
-- in partitions and inheritance children: one row for each column and object, or the reason why an
-- object cannot be dropped and created again. With a view come all views over it, at any depth.
-- Waits for no lock: the definitions are read one by one, afterwards.
WITH RECURSIVE {wanted},
of_column AS MATERIALIZED (
  SELECT b.relid, b.attnum, b.here, d.classid, d.objid, d.objsubid
  FROM below b
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = b.here
    AND d.refobjsubid = b.there
),
direct AS MATERIALIZED (
  SELECT relid, attnum, classid, objid, objsubid FROM of_column
  UNION
  -- ALTER TYPE creates the constraints again, and GROUP BY or ON CONFLICT may need these.
  SELECT o.relid, o.attnum, d.classid, d.objid, d.objsubid
  FROM of_column o
  JOIN pg_depend d ON d.refclassid = 'pg_constraint'::regclass AND d.refobjid = o.objid
  WHERE o.classid = 'pg_constraint'::regclass
),
upon AS MATERIALIZED (
  -- The dependencies on a view: the view itself, or its row type.
  SELECT v.oid AS view, v.reltype, t.typarray, d.classid, d.objid, d.objsubid
  FROM pg_class v
  JOIN pg_namespace n ON n.oid = v.relnamespace
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  JOIN pg_type t ON t.oid = v.reltype
  CROSS JOIN LATERAL (VALUES
    ('pg_class'::regclass::oid, v.oid), ('pg_type'::regclass::oid, t.oid),
    ('pg_type'::regclass::oid, t.typarray)) AS node (class, id)
  JOIN pg_depend d ON d.refclassid = node.class AND d.refobjid = node.id
  WHERE v.relkind IN ('v', 'm')
),
rule AS MATERIALIZED (
  SELECT r.oid, r.rulename, c.oid AS relation, c.relkind IN ('v', 'm') AS of_view
  FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
),
seen AS (
  SELECT d.relid, d.attnum, r.relation AS view
  FROM direct d
  JOIN rule r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND r.of_view
  UNION
  SELECT s.relid, s.attnum, r.relation
  FROM seen s
  JOIN upon u ON u.view = s.view AND u.classid = 'pg_rewrite'::regclass
  JOIN rule r ON r.oid = u.objid AND r.of_view
),
edge AS MATERIALIZED (
  SELECT DISTINCT u.view AS lower, r.relation AS upper
  FROM upon u
  JOIN rule r ON u.classid = 'pg_rewrite'::regclass AND r.oid = u.objid AND r.relation <> u.view
  WHERE u.view IN (SELECT view FROM seen) AND r.of_view
),
climb AS (
  -- CREATE OR REPLACE can make a circle of views: its level exceeds the number of views.
  SELECT DISTINCT view, 1 AS level FROM seen
  UNION
  SELECT e.upper, c.level + 1
  FROM climb c JOIN edge e ON e.lower = c.view
  WHERE c.level <= (SELECT count(DISTINCT view) FROM seen)
),
height AS MATERIALIZED (SELECT view, max(level) AS level FROM climb GROUP BY 1),
thing AS MATERIALIZED (
  SELECT relid, attnum, NULL::oid AS view, classid, objid, objsubid FROM direct
  UNION
  SELECT s.relid, s.attnum, s.view, u.classid, u.objid, u.objsubid
  FROM seen s JOIN upon u ON u.view = s.view
  WHERE u.classid NOT IN ('pg_trigger'::regclass, 'pg_attrdef'::regclass)
    AND u.objid NOT IN (u.reltype, u.typarray)
),
expression AS MATERIALIZED (
  -- Only a comparison counts as such; every other expression counts as a computation.
  SELECT 'pg_constraint'::regclass AS class, k.oid, k.conbin::text AS compared, NULL AS computed
  FROM pg_constraint k
  WHERE k.contype = 'c'
    AND k.oid IN (SELECT objid FROM direct WHERE classid = 'pg_constraint'::regclass)
  UNION ALL
  SELECT 'pg_class'::regclass, i.indexrelid, i.indpred::text, i.indexprs::text
  FROM pg_index i
  WHERE i.indexrelid IN (SELECT objid FROM direct WHERE classid = 'pg_class'::regclass)
),
reworded AS MATERIALIZED (
  -- ALTER TYPE rewrites them from their text, with casts that the way back does not remove. Only
  -- comparisons of columns with constants, as many as columns and as constants (id > 0 AND id < 9),
  -- stay the same.
  SELECT class, oid FROM expression
  WHERE computed IS NOT NULL OR compared ~ '[{](?!OPEXPR|VAR|CONST|BOOLEXPR)[A-Z]'
     OR length(compared) - length(replace(compared, '{OPEXPR', '{PEXPR'))
        <> length(compared) - length(replace(compared, '{VAR', '{AR'))
     OR length(compared) - length(replace(compared, '{OPEXPR', '{PEXPR'))
        <> length(compared) - length(replace(compared, '{CONST', '{ONST'))
),
found AS (
  SELECT s.relid, s.attnum, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END AS kind,
         s.view AS oid, 0 AS sub, s.view AS relation, NULL AS name
  FROM seen s JOIN pg_class c ON c.oid = s.view
  UNION SELECT s.relid, s.attnum, 'content of materialized view', s.view, 0, s.view, NULL
  FROM seen s JOIN pg_class c ON c.oid = s.view AND c.relkind = 'm' AND c.relispopulated
  UNION SELECT t.relid, t.attnum, 'rule', r.oid, 0, r.relation, r.rulename
  FROM thing t
  JOIN rule r ON t.classid = 'pg_rewrite'::regclass AND r.oid = t.objid AND NOT r.of_view
  -- Triggers of partitions are created and dropped with that of the partitioned table.
  UNION SELECT t.relid, t.attnum, 'trigger', g.oid, 0, g.tgrelid, g.tgname
  FROM thing t JOIN pg_trigger g ON t.classid = 'pg_trigger'::regclass AND g.oid = t.objid
  WHERE NOT g.tgisinternal AND g.tgparentid = 0
  UNION SELECT t.relid, t.attnum, 'policy', p.oid, 0, p.polrelid, p.polname
  FROM thing t JOIN pg_policy p ON t.classid = 'pg_policy'::regclass AND p.oid = t.objid
  UNION SELECT t.relid, t.attnum, 'publication', p.oid, 0, p.prrelid, b.pubname
  FROM thing t
  JOIN pg_publication_rel p ON t.classid = 'pg_publication_rel'::regclass AND p.oid = t.objid
  JOIN pg_publication b ON b.oid = p.prpubid
  UNION SELECT d.relid, d.attnum, 'CHECK', k.oid, 0, k.conrelid, k.conname
  FROM direct d
  JOIN reworded e ON e.class = 'pg_constraint'::regclass AND d.classid = e.class AND d.objid = e.oid
  JOIN pg_constraint k ON k.oid = e.oid AND k.conislocal
  UNION SELECT d.relid, d.attnum, CASE WHEN k.oid IS NULL THEN 'index' ELSE 'exclusion constraint' END,
               coalesce(k.oid, i.indexrelid), 0, i.indrelid, coalesce(k.conname, c.relname)
  FROM direct d
  JOIN reworded e ON e.class = 'pg_class'::regclass AND d.classid = e.class AND d.objid = e.oid
  JOIN pg_index i ON i.indexrelid = e.oid
  JOIN pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i'
  LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype = 'x'
  UNION SELECT d.relid, d.attnum, 'statistics', s.oid, 0, s.stxrelid, NULL
  FROM direct d
  JOIN pg_statistic_ext s ON d.classid = 'pg_statistic_ext'::regclass AND s.oid = d.objid
  UNION SELECT b.relid, b.attnum, 'storage', b.here, b.there, b.here, a.attname
  FROM below b
  JOIN pg_attribute a ON a.attrelid = b.here AND a.attnum = b.there
  JOIN pg_type y ON y.oid = a.atttypid
  WHERE a.attstorage <> y.typstorage OR to_jsonb(a) ->> 'attcompression' <> ''
),
stranger AS (
  -- All other objects, without parts of the table or view, which are dropped with it.
  SELECT t.relid, t.attnum, t.view, t.classid, t.objid, t.objsubid
  FROM thing t
  LEFT JOIN pg_class c ON t.classid = 'pg_class'::regclass AND c.oid = t.objid
  LEFT JOIN pg_index i ON i.indexrelid = c.oid
  LEFT JOIN pg_statistic_ext s ON t.classid = 'pg_statistic_ext'::regclass AND s.oid = t.objid
  WHERE t.classid NOT IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_publication_rel'::regclass)
    AND CASE WHEN t.view IS NULL
        THEN t.classid NOT IN ('pg_trigger'::regclass, 'pg_constraint'::regclass, 'pg_class'::regclass,
                               'pg_attrdef'::regclass, 'pg_statistic_ext'::regclass)
        ELSE c.relkind IS DISTINCT FROM 't' AND i.indrelid IS DISTINCT FROM t.view
          AND s.stxrelid IS DISTINCT FROM t.view
          AND (c.oid IS NULL OR c.oid NOT IN (SELECT view FROM seen)) END
),
obstacle AS (
  SELECT x.relid, x.attnum,
         CASE WHEN f.oid IS NULL THEN o.type || ' ' || o.identity ELSE 'function ' || f.proname END
         || coalesce(', which needs ' || quote_ident(n.nspname) || '.' || quote_ident(v.relname), '') AS what
  FROM stranger x
  LEFT JOIN pg_proc f ON x.classid = 'pg_proc'::regclass AND f.oid = x.objid
  LEFT JOIN pg_class v ON v.oid = x.view
  LEFT JOIN pg_namespace n ON n.oid = v.relnamespace
  CROSS JOIN LATERAL pg_identify_object(x.classid, x.objid, x.objsubid) o
  UNION SELECT d.relid, d.attnum, 'generated column ' || a.attname
  FROM direct d
  LEFT JOIN pg_attrdef ad ON d.classid = 'pg_attrdef'::regclass AND ad.oid = d.objid
  -- Up to 14 the column depends on the other, later its expression.
  JOIN pg_attribute a ON a.attgenerated <> ''
    AND (a.attrelid = ad.adrelid AND a.attnum = ad.adnum
         OR d.classid = 'pg_class'::regclass AND a.attrelid = d.objid AND a.attnum = d.objsubid)
  UNION SELECT d.relid, d.attnum, 'the indexes of its partitions, which would get new names'
  FROM of_column d
  JOIN pg_class i ON d.classid = 'pg_class'::regclass AND i.oid = d.objid AND i.relkind = 'I'
  UNION SELECT b.relid, b.attnum, 'index ' || c.relname || ', whose operator class '
               || p.opcname || ' is for its type only'
  FROM below b
  JOIN pg_index i ON i.indrelid = b.here
  JOIN pg_class c ON c.oid = i.indexrelid
  CROSS JOIN LATERAL unnest(i.indkey::smallint[], i.indclass::oid[]) AS k (attnum, opclass)
  JOIN pg_opclass p ON p.oid = k.opclass AND NOT p.opcdefault
  WHERE k.attnum = b.there
  UNION SELECT b.relid, b.attnum, 'index ' || c.relname || ', which has a collation of its own'
  FROM below b
  JOIN pg_attribute a ON a.attrelid = b.here AND a.attnum = b.there
  JOIN pg_index i ON i.indrelid = b.here
  JOIN pg_class c ON c.oid = i.indexrelid
  CROSS JOIN LATERAL unnest(i.indkey::smallint[], i.indcollation::oid[]) AS k (attnum, collation_)
  WHERE k.attnum = b.there AND k.collation_ NOT IN (0, a.attcollation)
  UNION SELECT s.relid, s.attnum, 'view ' || quote_ident(n.nspname) || '.' || quote_ident(v.relname)
               || ', which reads itself'
  FROM seen s
  JOIN height h ON h.view = s.view AND h.level > (SELECT count(*) FROM height)
  JOIN pg_class v ON v.oid = s.view
  JOIN pg_namespace n ON n.oid = v.relnamespace
)
SELECT w.nspname::text AS schema, w.relname::text AS table, w.attname::text AS column,
       w.relowner::bigint AS owner, f.kind, f.oid::bigint AS oid, f.sub::integer AS sub,
       coalesce(h.level, 0)::integer AS level, n.nspname::text AS relation_schema,
       c.relname::text AS relation,
       -- The schema if the name is not one within its table.
       CASE WHEN s.oid IS NOT NULL THEN sn.nspname WHEN f.name IS NULL THEN n.nspname END::text AS name_schema,
       coalesce(f.name, s.stxname, c.relname)::text AS name,
       NULL::text AS obstacle
FROM found f
JOIN wanted w ON w.relid = f.relid AND w.attnum = f.attnum
JOIN pg_class c ON c.oid = f.relation
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN height h ON h.view = f.oid AND f.relation = f.oid AND f.sub = 0
LEFT JOIN pg_statistic_ext s ON f.kind = 'statistics' AND s.oid = f.oid
LEFT JOIN pg_namespace sn ON sn.oid = s.stxnamespace
UNION ALL
SELECT w.nspname, w.relname, w.attname, w.relowner::bigint, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, o.what
FROM obstacle o
JOIN wanted w ON w.relid = o.relid AND w.attnum = o.attnum
ORDER BY 1, 2, 3, 5, 9, 10, 12, 13
