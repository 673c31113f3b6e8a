-- The functions that may change rows: PostgreSQL keeps all that are not volatile from it.
SELECT DISTINCT p.proname::text
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
WHERE p.provolatile = 'v' AND l.lanname NOT IN ('internal', 'c')
  AND p.prorettype <> 'trigger'::regtype
  AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
