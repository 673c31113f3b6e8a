-- The functions whose result may depend on a setting that a revision, or env.py, makes for its own
-- session: current_setting itself, and those of the database that call it, also by way of others.
WITH RECURSIVE function AS (
  SELECT p.oid, p.proname::text AS name, to_jsonb(p) ->> 'prosqlbody' AS parsed,
    regexp_split_to_array(lower(p.prosrc), '[^[:alnum:]_$]+') AS words
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
  WHERE l.lanname NOT IN ('internal', 'c')
    AND p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
), reader AS (
  SELECT p.oid, p.proname::text AS name
  FROM pg_catalog.pg_proc p
  WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = 'current_setting'
  UNION
  SELECT f.oid, f.name
  FROM reader r
  JOIN function f ON lower(r.name) = ANY (f.words) OR f.parsed ~ (':funcid ' || r.oid || '\M')
)
SELECT DISTINCT name FROM reader
