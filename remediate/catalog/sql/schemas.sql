-- The schemas of the database, without those of PostgreSQL itself.
SELECT nspname::text AS name FROM pg_catalog.pg_namespace
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
ORDER BY 1
