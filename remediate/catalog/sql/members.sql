-- Columns whose type may have to change, and the properties of their tables that PostgreSQL refuses to
-- change, or does not restore, also in partitions and inheritance children. Their dependants are read
-- by dependants.sql.
WITH RECURSIVE {wanted},
obstacle AS (
  SELECT b.relid, b.attnum, 'partition key of ' || c.relname AS what
  FROM below b
  JOIN pg_partitioned_table p ON p.partrelid = b.here
  JOIN pg_class c ON c.oid = b.here
  WHERE b.there = ANY (p.partattrs::smallint[]) OR p.partexprs IS NOT NULL
  UNION SELECT w.relid, w.attnum, 'inherited from ' || p.relname
  FROM wanted w
  JOIN pg_attribute a ON a.attrelid = w.relid AND a.attnum = w.attnum AND a.attinhcount > 0
  JOIN pg_inherits h ON h.inhrelid = w.relid
  JOIN pg_class p ON p.oid = h.inhparent
  UNION SELECT w.relid, w.attnum, 'inherited by ' || k.relname
  FROM wanted w
  JOIN pg_inherits h ON h.inhparent = w.relid
  JOIN pg_class k ON k.oid = h.inhrelid AND NOT k.relispartition
  UNION SELECT b.relid, b.attnum, 'a column of its row type'
  FROM below b
  JOIN pg_class c ON c.oid = b.here
  JOIN pg_type t ON t.oid = c.reltype OR t.typelem = c.reltype
  JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid = t.oid AND d.deptype = 'n'
    AND d.classid <> 'pg_proc'::regclass  -- a function follows
  UNION SELECT w.relid, w.attnum, 'domain ' || t.typname
  FROM wanted w
  JOIN pg_attribute a ON a.attrelid = w.relid AND a.attnum = w.attnum
  JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'd'
  UNION SELECT w.relid, w.attnum, 'type ' || t.typname || ', of which its table is'
  FROM wanted w
  JOIN pg_class c ON c.oid = w.relid
  JOIN pg_type t ON t.oid = c.reloftype
)
SELECT w.nspname::text AS schema, w.relname::text AS name, w.attname::text AS column,
       format_type(a.atttypid, a.atttypmod) AS type, pg_get_userbyid(c.relowner)::text AS owner,
       -- A partitioned table has no rows of its own, and no statistics unless somebody asked for them.
       (SELECT sum(greatest(p.reltuples::bigint, pg_stat_get_live_tuples(p.oid), 0))::bigint
        FROM below b JOIN pg_class p ON p.oid = b.here AND p.relkind <> 'p'
        WHERE b.relid = w.relid AND b.attnum = w.attnum) AS row_estimate,
       coalesce((SELECT quote_ident(ln.nspname) || '.' || quote_ident(l.collname)
                 FROM pg_collation l JOIN pg_namespace ln ON ln.oid = l.collnamespace
                 JOIN pg_type t ON t.oid = a.atttypid
                 WHERE l.oid = a.attcollation AND l.oid <> t.typcollation), '') AS collation,
       EXISTS (SELECT FROM pg_publication_tables p
               WHERE p.schemaname = w.nspname AND p.tablename = w.relname) AS published,
       ARRAY(SELECT n.nspname::text || chr(31) || k.relname::text
             FROM pg_inherits h JOIN pg_class k ON k.oid = h.inhrelid
             JOIN pg_namespace n ON n.oid = k.relnamespace
             WHERE h.inhparent = w.relid ORDER BY 1) AS children,
       -- Of what stands in their text, PostgreSQL records nothing. INSERT INTO t VALUES ... names no column.
       CASE WHEN a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype) THEN ARRAY(
         SELECT p.oid::regprocedure::text
         FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname NOT IN ('internal', 'c')
         WHERE strpos(lower(p.prosrc), lower(w.attname)) > 0
             AND (w.attname !~ '^[A-Za-z0-9_]+$' OR p.prosrc ~* ('[[:<:]]' || w.attname || '[[:>:]]'))
             AND (strpos(lower(p.prosrc), lower(w.relname)) > 0
               OR EXISTS (SELECT FROM below b JOIN pg_trigger t ON t.tgrelid = b.here AND NOT t.tgisinternal
                          WHERE b.relid = w.relid AND b.attnum = w.attnum AND t.tgfoid = p.oid))
           OR strpos(lower(p.prosrc), lower(w.relname)) > 0
             AND p.prosrc ~* ('insert[[:space:]]+into[[:space:]]+([^[:space:]()]+[.])?"?' ||
               CASE WHEN w.relname ~ '^[A-Za-z0-9_]+$' THEN w.relname ELSE '[^"]+' END || '"?[[:space:]]+[a-z]')
         ORDER BY 1) ELSE '{}' END AS functions,
       -- PL/pgSQL converts nothing that RETURN QUERY gives: it has to be of the types that are announced.
       ARRAY(
         SELECT p.oid::regprocedure::text
         FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
         WHERE p.proretset AND p.prosrc ~* 'return[[:space:]]+query'
           AND (p.prorettype = a.atttypid OR EXISTS (
             SELECT FROM unnest(p.proallargtypes, p.proargmodes) AS x (type, mode)
             WHERE x.type = a.atttypid AND x.mode IN ('o', 'b', 't')))
           AND strpos(lower(p.prosrc), lower(w.relname)) > 0
           AND (strpos(p.prosrc, '*') > 0 OR strpos(lower(p.prosrc), lower(w.attname)) > 0
             AND (w.attname !~ '^[A-Za-z0-9_]+$' OR p.prosrc ~* ('[[:<:]]' || w.attname || '[[:>:]]')))
         ORDER BY 1) AS returning,
       ARRAY(SELECT DISTINCT o.what::text FROM obstacle o
             WHERE o.relid = w.relid AND o.attnum = w.attnum ORDER BY 1) AS obstacles
FROM wanted w
JOIN pg_class c ON c.oid = w.relid
JOIN pg_attribute a ON a.attrelid = w.relid AND a.attnum = w.attnum
ORDER BY 1, 2, 3
