-- The functions that the defaults of these columns call, with their source, and that of a domain's
-- default. PostgreSQL records the function, and nothing of what its source names. Functions of its own
-- are not recorded, nor what stands in a body that it parsed: that keeps its sequences by itself.
WITH RECURSIVE {wanted}
SELECT w.nspname::text AS schema, w.relname::text AS name, w.attname::text AS column,
       p.oid::regprocedure::text AS function, p.prosrc AS source,
       CASE WHEN p.proargmodes IS NULL THEN coalesce(p.proargnames, '{}') ELSE '{}' END AS arguments,
       coalesce((SELECT substr(s, 13) FROM unnest(p.proconfig) AS s WHERE starts_with(s, 'search_path=')), '') AS path
FROM wanted w
JOIN pg_attribute a ON a.attrelid = w.relid AND a.attnum = w.attnum
LEFT JOIN pg_attrdef ad ON ad.adrelid = w.relid AND ad.adnum = w.attnum
JOIN pg_depend d ON d.refclassid = 'pg_proc'::regclass AND d.deptype = 'n'
  AND d.classid = CASE WHEN ad.oid IS NULL THEN 'pg_type'::regclass ELSE 'pg_attrdef'::regclass END
  AND d.objid = coalesce(ad.oid, a.atttypid)
JOIN pg_proc p ON p.oid = d.refobjid
JOIN pg_language l ON l.oid = p.prolang AND l.lanname IN ('sql', 'plpgsql')
ORDER BY 1, 2, 3, 4
