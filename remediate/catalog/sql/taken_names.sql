-- Relations of any kind whose names are like those of the sequences of serial columns, of the indexes
-- that SQLAlchemy makes, of our tables with former values, or of the relations from which applications
-- take ids.
SELECT n.nspname::text AS schema, c.relname::text AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ((strpos(c.relname, '_seq') > 0 AND c.relname ~ '_seq[0-9]*$')
       OR (strpos(c.relname, '_before') > 0 AND c.relname ~ '_before[0-9]*$')
       OR starts_with(c.relname, 'ix_') AND NOT EXISTS (
         -- An index that a build left behind makes way for the next one.
         SELECT FROM pg_index i WHERE i.indexrelid = c.oid AND NOT i.indisvalid)
       OR lower(c.relname) ~ '^(hibernate_|id_gen|openjpa_sequence|sequence(_|$))') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
