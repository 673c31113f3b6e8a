-- The relations that are not laid with these seeds, quoted; whether each is a table, and its schema has
-- nothing that is laid: what hangs on the seeds, and what that and
-- the code need, goes by pg_depend as in pg_dump's archive, where a default, a CHECK and a rule are one with
-- their relation. A few more are kept than are laid; none that is.
WITH RECURSIVE link (class, oid, to_class, to_oid) AS MATERIALIZED (
  SELECT classid, objid, refclassid, refobjid FROM pg_catalog.pg_depend
  UNION ALL
  SELECT 'pg_class'::regclass, adrelid, 'pg_attrdef'::regclass, oid FROM pg_catalog.pg_attrdef
  UNION ALL
  SELECT 'pg_class'::regclass, conrelid, 'pg_constraint'::regclass, oid
  FROM pg_catalog.pg_constraint WHERE contype = 'c' AND conrelid <> 0
  UNION ALL
  SELECT 'pg_class'::regclass, ev_class, 'pg_rewrite'::regclass, oid FROM pg_catalog.pg_rewrite
),
hanging (class, oid) AS (
  SELECT 'pg_class'::regclass::oid, unnest(%(tables)s::oid[])
  UNION
  SELECT link.class, link.oid FROM hanging JOIN link ON to_class = hanging.class AND to_oid = hanging.oid
),
kept (class, oid) AS (
  SELECT class, oid FROM hanging
  UNION
  SELECT * FROM unnest(%(catalogs)s::oid[], %(code)s::oid[])
  UNION
  SELECT 'pg_proc'::regclass, oid FROM pg_catalog.pg_proc WHERE %(definitions)s
  UNION
  SELECT 'pg_type'::regclass, t.oid
  FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
  WHERE %(definitions)s AND (t.typtype IN ('d', 'e', 'r', 'm') OR c.relkind = 'c')
),
needed (class, oid) AS (
  SELECT class, oid FROM kept
  UNION
  SELECT to_class, to_oid FROM needed JOIN link USING (class, oid)
)
SELECT quote_ident(schema), quote_ident(name), kind IN ('r', 'p'), alone
FROM (
  SELECT n.nspname AS schema, c.relname AS name, c.relkind AS kind, needed.oid IS NULL AS beyond,
         bool_and(needed.oid IS NULL) OVER (PARTITION BY c.relnamespace) AS alone
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN needed ON needed.class = 'pg_class'::regclass AND needed.oid = c.oid
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) AS relation
WHERE beyond AND kind <> 'S' ORDER BY schema, name
