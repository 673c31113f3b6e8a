-- What code connects with these relations: what their triggers, rules, defaults, CHECKs, policies and
-- views call or name, and which other tables' triggers come to name them. pg_depend knows nothing of what
-- stands in the text of a function. One row for each: its catalog, its OID, whether it is a relation.
WITH RECURSIVE code AS MATERIALIZED (
  SELECT p.oid, p.proname, p.prosrc
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('internal', 'c')
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
word AS MATERIALIZED (
  SELECT DISTINCT code.oid, w.word
  FROM code CROSS JOIN LATERAL regexp_split_to_table(lower(prosrc), E'\\W+') AS w (word)
),
thing (class, oid, name) AS MATERIALIZED (
  SELECT 'pg_class'::regclass::oid, c.oid, lower(c.relname)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  UNION ALL
  SELECT 'pg_proc'::regclass::oid, oid, lower(proname) FROM code
  UNION ALL
  SELECT 'pg_type'::regclass::oid, t.oid, lower(t.typname)
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
  WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
named (class, oid, to_class, to_oid) AS MATERIALIZED (
  SELECT 'pg_proc'::regclass::oid, word.oid, thing.class, thing.oid
  FROM word JOIN thing ON thing.name = word.word
  UNION ALL
  SELECT 'pg_proc'::regclass::oid, code.oid, thing.class, thing.oid
  FROM code JOIN thing ON thing.name ~ E'\\W' AND strpos(lower(code.prosrc), thing.name) > 0
  UNION ALL
  SELECT 'pg_class'::regclass::oid, tgrelid, 'pg_proc'::regclass::oid, tgfoid
  FROM pg_catalog.pg_trigger WHERE NOT tgisinternal
),
called (class, oid, to_class, to_oid) AS MATERIALIZED (
  SELECT 'pg_class'::regclass::oid, coalesce(a.adrelid, k.conrelid, r.ev_class, p.polrelid, i.indrelid, g.tgrelid),
         'pg_proc'::regclass::oid, code.oid
  FROM code
  JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = code.oid
  LEFT JOIN pg_catalog.pg_attrdef a ON d.classid = 'pg_attrdef'::regclass AND a.oid = d.objid
  LEFT JOIN pg_catalog.pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
  LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
  LEFT JOIN pg_catalog.pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
  LEFT JOIN pg_catalog.pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
  LEFT JOIN pg_catalog.pg_trigger g ON d.classid = 'pg_trigger'::regclass AND g.oid = d.objid
  UNION ALL
  -- The form of a function that takes another type: what is made again may call that one.
  SELECT 'pg_proc'::regclass::oid, code.oid, 'pg_proc'::regclass::oid, other.oid
  FROM code JOIN code AS other ON other.proname = code.proname AND other.oid <> code.oid
  UNION ALL
  SELECT 'pg_class'::regclass::oid, d.refobjid, 'pg_class'::regclass::oid, r.ev_class
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
  WHERE d.refclassid = 'pg_class'::regclass AND r.ev_class <> d.refobjid
  UNION ALL
  -- What a rule writes to or reads, but for that which makes a view.
  SELECT 'pg_class'::regclass::oid, r.ev_class, 'pg_class'::regclass::oid, d.refobjid
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
  WHERE d.refclassid = 'pg_class'::regclass AND r.ev_class <> d.refobjid AND r.ev_type <> '1'
),
above (class, oid) AS (
  SELECT 'pg_class'::regclass::oid, unnest(%s::oid[])
  UNION
  SELECT named.class, named.oid FROM above JOIN named ON to_class = above.class AND to_oid = above.oid
),
reached (class, oid) AS (
  SELECT class, oid FROM above WHERE class = 'pg_class'::regclass
  UNION
  SELECT to_class, to_oid
  FROM reached JOIN (SELECT * FROM named UNION ALL SELECT * FROM called) AS way USING (class, oid)
)
SELECT class::bigint, oid::bigint, class = 'pg_class'::regclass FROM reached
