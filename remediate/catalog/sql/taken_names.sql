-- Relations of any kind whose names are like those of the sequences of serial columns, or of the
-- relations from which applications take ids.
SELECT n.nspname::text AS schema, c.relname::text AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ((strpos(c.relname, '_seq') > 0 AND c.relname ~ '_seq[0-9]*$')
       OR lower(c.relname) ~ '^(hibernate_|id_gen|openjpa_sequence|sequence(_|$))') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
