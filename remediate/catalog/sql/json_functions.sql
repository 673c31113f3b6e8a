-- The bodies of functions with such an operator, as they are stored: nothing is printed for it.
SELECT n.nspname::text AS schema, p.proname::text AS name, p.prosrc AS body
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang AND l.lanname IN ('sql', 'plpgsql')
WHERE p.prosrc ~ '@>|@@|[?]' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, p.proname
