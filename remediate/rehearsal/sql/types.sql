-- The types of these tables' columns, and all that these are made of: the type under a domain, the
-- elements of an array, the bounds of a range, the attributes of a composite type.
WITH RECURSIVE parts (oid, modifier) AS (
  SELECT a.atttypid, a.atttypmod FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = ANY (%s::text[]::regclass[]) AND a.attnum > 0 AND NOT a.attisdropped
  UNION
  SELECT part.oid, part.modifier FROM parts p
  JOIN pg_catalog.pg_type t ON t.oid = p.oid
  CROSS JOIN LATERAL (
    SELECT t.typbasetype, t.typtypmod WHERE t.typtype = 'd'
    UNION ALL
    SELECT t.typelem, p.modifier WHERE t.typtype = 'b' AND t.typcategory = 'A' AND t.typlen = -1
    UNION ALL
    SELECT a.atttypid, a.atttypmod FROM pg_catalog.pg_attribute a
    WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT r.rngsubtype, -1 FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid
    UNION ALL
    SELECT r.rngtypid, -1 FROM pg_catalog.pg_range r
    WHERE t.typtype = 'm' AND to_jsonb(r) ->> 'rngmultitypid' = t.oid::text
  ) AS part (oid, modifier)
)
SELECT p.oid::bigint, p.modifier, t.typtype::text, t.typcategory::text, t.typname::text,
       format_type(p.oid, p.modifier), format_type(p.oid, NULL), n.nspname::text,
       ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e
             WHERE e.enumtypid = p.oid ORDER BY e.enumsortorder),
       ARRAY(SELECT pg_get_expr(c.conbin, 0) FROM pg_catalog.pg_constraint c
             WHERE c.contypid = p.oid AND c.contype = 'c' ORDER BY c.conname),
       ARRAY(
         SELECT ARRAY[part.oid, part.modifier] FROM (
           SELECT 0, t.typbasetype::bigint, t.typtypmod::bigint WHERE t.typtype = 'd'
           UNION ALL
           SELECT 0, t.typelem::bigint, p.modifier
           WHERE t.typtype = 'b' AND t.typcategory = 'A' AND t.typlen = -1
           UNION ALL
           SELECT a.attnum, a.atttypid::bigint, a.atttypmod FROM pg_catalog.pg_attribute a
           WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
           UNION ALL
           SELECT 0, r.rngsubtype::bigint, -1 FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid
           UNION ALL
           SELECT 0, r.rngtypid::bigint, -1 FROM pg_catalog.pg_range r
           WHERE t.typtype = 'm' AND to_jsonb(r) ->> 'rngmultitypid' = t.oid::text
         ) AS part (place, oid, modifier) ORDER BY part.place
       )
FROM parts p
JOIN pg_catalog.pg_type t ON t.oid = p.oid
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
