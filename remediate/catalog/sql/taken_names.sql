-- Relations of any kind that are called like the sequence of a serial column, or like those from
-- which an application takes its ids.
SELECT n.nspname::text AS schema, c.relname::text AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ((strpos(c.relname, '_seq') > 0 AND c.relname ~ '_seq[0-9]*$')
       OR lower(c.relname) ~ '^(hibernate_|id_gen|openjpa_sequence|sequence(_|$))') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
