-- Indexes, CHECKs, statistics, policies, triggers, rules and filters of publications that compute with
-- a column as the text that it is. What is printed without a cast, such as lower(c) of a text or
-- coalesce(c, 'none') of a varchar, cannot be made again over a number; what is printed lower(c::text)
-- can, and stays so.
WITH RECURSIVE {wanted},
written (here, what, varno, tree) AS MATERIALIZED (
  SELECT i.indrelid, 'index ' || quote_ident(c.relname), '1', concat(i.indexprs, i.indpred)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid IN (SELECT here FROM below)
  UNION ALL
  SELECT k.conrelid, 'CHECK ' || quote_ident(k.conname), '1', k.conbin::text
  FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid IN (SELECT here FROM below)
  UNION ALL
  SELECT s.stxrelid, 'statistics ' || quote_ident(s.stxname), '1', to_jsonb(s) ->> 'stxexprs'
  FROM pg_statistic_ext s WHERE s.stxrelid IN (SELECT here FROM below)
  UNION ALL
  SELECT p.polrelid, 'policy ' || quote_ident(p.polname), '1', concat(p.polqual, p.polwithcheck)
  FROM pg_policy p WHERE p.polrelid IN (SELECT here FROM below)
  UNION ALL
  SELECT t.tgrelid, 'trigger ' || quote_ident(t.tgname), '[12]', t.tgqual::text  -- OLD and NEW
  FROM pg_trigger t WHERE t.tgrelid IN (SELECT here FROM below)
  UNION ALL
  -- A filter takes no cast from a number to text (0A000): not what is printed c::text either.
  SELECT p.prrelid, 'publication ' || quote_ident(b.pubname), '1',
         replace(to_jsonb(p) ->> 'prqual', '{RELABELTYPE :arg ', '{CAST ')
  FROM pg_publication_rel p JOIN pg_publication b ON b.oid = p.prpubid
  WHERE p.prrelid IN (SELECT here FROM below)
  UNION ALL
  -- Of an action only what is one query. What that assigns is cast to the type of its target, also
  -- each of several rows (:rtekind 5).
  SELECT r.ev_class, 'rule ' || quote_ident(r.rulename), '[12]', concat(r.ev_qual, replace(
           regexp_replace(r.ev_action, '[{]QUERY ', '{ACTION '), ':expr {VAR', ':expr {ASSIGNED'))
  FROM pg_rewrite r
  WHERE r.ev_class IN (SELECT here FROM below) AND r.ev_action !~ ':rtekind 5 '
)
SELECT DISTINCT n.nspname::text AS schema, c.relname::text AS name, w.attname::text AS column,
       e.what || ', which computes with it as text' AS what
FROM below b
JOIN pg_attribute a ON a.attrelid = b.here AND a.attnum = b.there
  AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'bpchar'::regtype)
JOIN written e ON e.here = b.here
JOIN wanted w ON w.relid = b.relid AND w.attnum = b.attnum
JOIN pg_class c ON c.oid = w.relid
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (SELECT '[{]VAR :varno ' || e.varno || ' :varattno ' || b.there || ' ') AS v (var)
WHERE e.tree !~ '[{]QUERY '  -- there the number may be of another table's column
  -- OLD compared with NEW: both get the other type. And p_id || '', which makes a text of any type.
  AND (regexp_replace(regexp_replace(e.tree,
        '[{](DISTINCTEXPR|OPEXPR) [^{]*:opresulttype 16 [^{]*:args [(]'
        || v.var || '[^{}]*[}] ' || v.var || '[^{}]*[}][)]', '', 'g'),
        '[{]OPEXPR :opno ' || 'pg_catalog.||(text,text)'::regoperator::oid || ' [^{]*:args [(]('
        || v.var || '[^{}]*[}] [{]CONST |[{]CONST [^{}]*[}] ' || v.var || ')', '', 'g') ~ (
    '(?<!(NULLTEST|COERCEVIAIO|RELABELTYPE|COERCETODOMAIN) :arg |'
    || ':funcresulttype (25|1042|1043) [^{]*:funcformat [12] [^{]*:args [(]|'  -- ::text of a char(9)
    || ':funcid (' || (SELECT string_agg(oid::text, '|') FROM pg_proc WHERE provariadic = '"any"'::regtype)
    || ') [^{]*:args [(]([{](VAR|CONST) [^{}]*[}] )*)' || v.var)
  -- TRIM(BOTH FROM c) and what else has a syntax of its own is printed without an implicit cast.
  OR e.tree ~ (':funcformat 3 [^{]*:args [(]'
    || '([{](VAR|CONST) [^{}]*[}] |[{]RELABELTYPE :arg [{](VAR|CONST) [^{}]*[}][^{}]*[}] )*'
    || '([{]RELABELTYPE :arg ' || v.var || '[^{}]*[}][^{}]*:relabelformat 2 |'
    || '[{]FUNCEXPR [^{]*:funcformat 2 [^{]*:args [(]' || v.var || ')')
  -- And no number is cast to a uuid.
  OR e.tree ~ ('[{]COERCEVIAIO :arg ' || v.var || '[^{}]*[}] :resulttype (?!('
    || (SELECT string_agg(t.oid::text, '|') FROM pg_type t
        WHERE t.typcategory IN ('S', 'N')
           OR EXISTS (SELECT FROM pg_cast x WHERE x.castsource = 'int4'::regtype AND x.casttarget = t.oid))
    || ') )'))
ORDER BY 1, 2, 3, 4
