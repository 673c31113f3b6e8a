-- What exists, object by object: each table and sequence, and the columns, constraints, indexes, triggers
-- and policies of tables. Expressions are not printed, which would wait for an ALTER in flight: of their
-- node trees there is a short digest. No value of a row, and where a sequence stands, is part of it.
WITH rel AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.relacl, c.relpersistence,
         c.relrowsecurity, c.relforcerowsecurity
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'S') AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
      SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e')
),
object (relid, kind, name, state) AS (
  SELECT r.oid, CASE r.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, '', concat_ws(', ',
    'owner ' || quote_ident(pg_get_userbyid(r.relowner)),
    CASE WHEN r.relpersistence = 'u' THEN 'unlogged' END,
    CASE WHEN r.relrowsecurity THEN 'row security' END,
    CASE WHEN r.relforcerowsecurity THEN 'forced' END,
    'grants ' || (SELECT string_agg(acl::text, ' ' ORDER BY acl::text) FROM unnest(r.relacl) acl),
    (SELECT concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
                      CASE WHEN s.seqcycle THEN 'cycle' END)
     FROM pg_sequence s WHERE s.seqrelid = r.oid),
    (SELECT 'owned by ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || '.'
            || quote_ident(a.attname)
     FROM pg_depend d
     JOIN pg_class c ON c.oid = d.refobjid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
     WHERE r.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = r.oid
       AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0))
  FROM rel r
  UNION ALL
  SELECT r.oid, 'column', a.attname, concat_ws(', ',
    format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'NOT NULL' END,
    CASE WHEN a.attidentity <> '' THEN 'identity ' || a.attidentity::text END,
    CASE WHEN a.attgenerated <> '' THEN 'generated ' || a.attgenerated::text END,
    'default ' || left(md5(d.adbin::text), 8),
    'grants ' || (SELECT string_agg(acl::text, ' ' ORDER BY acl::text) FROM unnest(a.attacl) acl))
  FROM rel r
  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
  WHERE r.relkind <> 'S'
  UNION ALL
  SELECT r.oid, 'constraint', con.conname, concat_ws(', ',
    CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
                     WHEN 'c' THEN 'check' ELSE 'exclusion' END,
    '(' || (SELECT string_agg(quote_ident(a.attname), ' ' ORDER BY k.position)
            FROM unnest(con.conkey) WITH ORDINALITY AS k (attnum, position)
            JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum) || ')',
    'to ' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = con.confrelid),
    CASE WHEN con.contype = 'f' THEN 'on delete ' || con.confdeltype::text || ', on update ' || con.confupdtype::text END,
    CASE WHEN NOT con.convalidated THEN 'not valid' END,
    CASE WHEN con.condeferrable THEN 'deferrable' END,
    CASE WHEN con.condeferred THEN 'deferred' END,
    left(md5(con.conbin::text || con.conkey::text), 8))
  FROM rel r
  JOIN pg_constraint con ON con.conrelid = r.oid AND con.contype IN ('p', 'u', 'f', 'c', 'x')
  UNION ALL
  SELECT r.oid, 'index', c.relname, concat_ws(', ',
    CASE WHEN i.indisunique THEN 'unique' END,
    am.amname::text,
    '(' || (SELECT string_agg(coalesce(quote_ident(a.attname), 'expression'), ' ' ORDER BY k.position)
            FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, position)
            LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum) || ')',
    CASE WHEN i.indpred IS NOT NULL THEN 'partial' END,
    CASE WHEN NOT i.indisvalid THEN 'invalid' END,
    left(md5(concat_ws('|', i.indclass::text, i.indoption::text, i.indcollation::text,
                       i.indexprs::text, i.indpred::text)), 8))
  FROM rel r
  JOIN pg_index i ON i.indrelid = r.oid
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_am am ON am.oid = c.relam
  UNION ALL
  SELECT r.oid, 'trigger', t.tgname, concat_ws(', ',
    CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'O' THEN 'enabled' ELSE 'enabled ' || t.tgenabled::text END,
    (SELECT quote_ident(n.nspname) || '.' || quote_ident(p.proname)
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = t.tgfoid),
    left(md5(concat_ws('|', t.tgtype, t.tgattr::text, encode(t.tgargs, 'hex'), t.tgqual::text)), 8))
  FROM rel r
  JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT r.oid, 'policy', p.polname, concat_ws(', ',
    CASE WHEN NOT p.polpermissive THEN 'restrictive' END,
    'for ' || p.polcmd::text,
    'to ' || (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END,
                                ' ' ORDER BY role)
              FROM unnest(p.polroles) role),
    left(md5(concat_ws('|', p.polqual::text, p.polwithcheck::text)), 8))
  FROM rel r
  JOIN pg_policy p ON p.polrelid = r.oid
)
SELECT r.nspname::text AS schema, r.relname::text AS relation, o.kind, o.name::text AS name, o.state
FROM object o
JOIN rel r ON r.oid = o.relid
ORDER BY r.nspname, r.relname, o.kind, o.name
