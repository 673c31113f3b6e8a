-- The triggers that may fill these columns before an INSERT (bits ROW 1, BEFORE 2, INSERT 4), with the
-- source of their functions; those of replicas only do not fire here.
WITH RECURSIVE {wanted}
SELECT w.nspname::text AS schema, w.relname::text AS name, w.attname::text AS column,
       t.tgname::text AS trigger, t.tgqual IS NOT NULL AS conditional, p.prosrc AS source,
       coalesce((SELECT substr(s, 13) FROM unnest(p.proconfig) AS s WHERE starts_with(s, 'search_path=')), '') AS path
FROM wanted w
JOIN pg_trigger t ON t.tgrelid = w.relid AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgtype & 7 = 7
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_language l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
ORDER BY 1, 2, 3, 4
