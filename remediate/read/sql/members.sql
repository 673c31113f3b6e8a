-- Columns whose type may have to change, and what PostgreSQL would refuse to change or would not give
-- back, there and in partitions and inheritance children. Plain indexes, foreign keys, defaults and
-- CHECKs that compare the column with constants are not among these: ALTER TYPE rebuilds them as they
-- were. Other expressions it writes anew, with casts that narrowing does not take away again.
WITH RECURSIVE wanted AS MATERIALIZED (
  SELECT c.oid AS relid, a.attnum, n.nspname, c.relname, a.attname
  FROM (VALUES {places}) AS w (schema, relation, attribute)
  JOIN pg_namespace n ON n.nspname = w.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.attribute AND NOT a.attisdropped
),
below AS (
  SELECT relid, attnum, relid AS here, attnum AS there, attname FROM wanted
  UNION ALL
  SELECT below.relid, below.attnum, a.attrelid, a.attnum, a.attname
  FROM below
  JOIN pg_inherits h ON h.inhparent = below.here
  JOIN pg_attribute a ON a.attrelid = h.inhrelid AND a.attname = below.attname
),
depending AS MATERIALIZED (
  SELECT b.relid, b.attnum, d.classid, d.objid, d.objsubid
  FROM below b
  JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = b.here
    AND d.refobjsubid = b.there
),
expression AS MATERIALIZED (
  -- What is compared must be a comparison; anything else is a computation, whatever it is.
  SELECT d.relid, d.attnum, 'CHECK ' || k.conname AS what, k.conbin::text AS compared, NULL AS computed
  FROM depending d
  JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass AND k.oid = d.objid
  WHERE k.contype = 'c'
  UNION ALL
  SELECT d.relid, d.attnum, 'index ' || c.relname, i.indpred::text, i.indexprs::text
  FROM depending d
  JOIN pg_index i ON d.classid = 'pg_class'::regclass AND i.indexrelid = d.objid
  JOIN pg_class c ON c.oid = i.indexrelid
  UNION ALL
  SELECT d.relid, d.attnum, 'statistics ' || s.stxname, NULL, to_jsonb(s) ->> 'stxexprs'
  FROM depending d
  JOIN pg_statistic_ext s ON d.classid = 'pg_statistic_ext'::regclass AND s.oid = d.objid
),
obstacle AS (
  SELECT d.relid, d.attnum,
         CASE v.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view '
              ELSE 'rule ' || r.rulename || ' on ' END || v.relname AS what
  FROM depending d
  JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
  JOIN pg_class v ON v.oid = r.ev_class
  UNION SELECT d.relid, d.attnum, 'trigger ' || t.tgname
  FROM depending d JOIN pg_trigger t ON d.classid = 'pg_trigger'::regclass AND t.oid = d.objid
  WHERE NOT t.tgisinternal
  UNION SELECT d.relid, d.attnum, 'policy ' || p.polname
  FROM depending d JOIN pg_policy p ON d.classid = 'pg_policy'::regclass AND p.oid = d.objid
  UNION SELECT d.relid, d.attnum, 'publication ' || b.pubname
  FROM depending d
  JOIN pg_publication_rel p ON d.classid = 'pg_publication_rel'::regclass AND p.oid = d.objid
  JOIN pg_publication b ON b.oid = p.prpubid
  UNION SELECT d.relid, d.attnum, 'function ' || f.proname
  FROM depending d JOIN pg_proc f ON d.classid = 'pg_proc'::regclass AND f.oid = d.objid
  UNION SELECT d.relid, d.attnum, 'generated column ' || a.attname
  FROM depending d
  JOIN pg_attrdef ad ON d.classid = 'pg_attrdef'::regclass AND ad.oid = d.objid
  JOIN pg_attribute a ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum AND a.attgenerated <> ''
  UNION SELECT d.relid, d.attnum, 'statistics ' || s.stxname
  FROM depending d
  JOIN pg_statistic_ext s ON d.classid = 'pg_statistic_ext'::regclass AND s.oid = d.objid
  WHERE coalesce((to_jsonb(s) ->> 'stxstattarget')::integer, -1) >= 0
  UNION SELECT d.relid, d.attnum, 'statistics target of index ' || i.relname
  FROM depending d
  JOIN pg_class i ON d.classid = 'pg_class'::regclass AND i.oid = d.objid AND i.relkind IN ('i', 'I')
  JOIN pg_attribute a ON a.attrelid = i.oid AND coalesce((to_jsonb(a) ->> 'attstattarget')::integer, -1) >= 0
  UNION SELECT relid, attnum, what FROM expression
  WHERE computed IS NOT NULL OR compared ~ '[{](?!OPEXPR|VAR|CONST|BOOLEXPR)[A-Z]'
     -- as many comparisons as columns and as constants: id > 0 AND id < 9
     OR length(compared) - length(replace(compared, '{OPEXPR', '{PEXPR'))
        <> length(compared) - length(replace(compared, '{VAR', '{AR'))
     OR length(compared) - length(replace(compared, '{OPEXPR', '{PEXPR'))
        <> length(compared) - length(replace(compared, '{CONST', '{ONST'))
  UNION SELECT d.relid, d.attnum, 'the indexes of its partitions, which would get new names'
  FROM depending d
  JOIN pg_class i ON d.classid = 'pg_class'::regclass AND i.oid = d.objid AND i.relkind = 'I'
  UNION SELECT w.relid, w.attnum, 'partition key of ' || w.relname
  FROM wanted w JOIN pg_partitioned_table p ON p.partrelid = w.relid
  WHERE w.attnum = ANY (p.partattrs::smallint[]) OR p.partexprs IS NOT NULL
  UNION SELECT w.relid, w.attnum, 'inherited from ' || p.relname
  FROM wanted w
  JOIN pg_attribute a ON a.attrelid = w.relid AND a.attnum = w.attnum AND a.attinhcount > 0
  JOIN pg_inherits h ON h.inhrelid = w.relid
  JOIN pg_class p ON p.oid = h.inhparent
  UNION SELECT w.relid, w.attnum, 'inherited by ' || k.relname
  FROM wanted w
  JOIN pg_inherits h ON h.inhparent = w.relid
  JOIN pg_class k ON k.oid = h.inhrelid AND NOT k.relispartition
  UNION SELECT w.relid, w.attnum, 'a column of its row type'
  FROM wanted w
  JOIN pg_class c ON c.oid = w.relid
  JOIN pg_type t ON t.oid = c.reltype OR t.typelem = c.reltype
  JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid = t.oid AND d.deptype = 'n'
  UNION SELECT w.relid, w.attnum, 'domain ' || t.typname
  FROM wanted w
  JOIN pg_attribute a ON a.attrelid = w.relid AND a.attnum = w.attnum
  JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'd'
)
SELECT w.nspname::text AS schema, w.relname::text AS name, w.attname::text AS column,
       format_type(a.atttypid, a.atttypmod) AS type, pg_get_userbyid(c.relowner)::text AS owner,
       CASE WHEN c.reltuples >= 0 THEN c.reltuples::bigint
            ELSE pg_stat_get_live_tuples(c.oid) END AS row_estimate,
       ARRAY(SELECT n.nspname::text || chr(31) || k.relname::text
             FROM pg_inherits h JOIN pg_class k ON k.oid = h.inhrelid
             JOIN pg_namespace n ON n.oid = k.relnamespace
             WHERE h.inhparent = w.relid ORDER BY 1) AS children,
       ARRAY(SELECT DISTINCT o.what::text FROM obstacle o
             WHERE o.relid = w.relid AND o.attnum = w.attnum ORDER BY 1) AS obstacles
FROM wanted w
JOIN pg_class c ON c.oid = w.relid
JOIN pg_attribute a ON a.attrelid = w.relid AND a.attnum = w.attnum
ORDER BY 1, 2, 3
