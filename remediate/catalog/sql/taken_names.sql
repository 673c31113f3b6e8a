-- Relations of any kind, and types, whose names are like those of the sequences of serial columns, of
-- the indexes that SQLAlchemy makes, of our tables with former values, or of the relations from which
-- applications take ids.
SELECT n.nspname::text AS schema, c.relname::text AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE ((strpos(c.relname, '_seq') > 0 AND c.relname ~ '_seq[0-9]*$')
       OR (strpos(c.relname, '_before') > 0 AND c.relname ~ '_before[0-9]*$')
       OR starts_with(c.relname, 'ix_') AND NOT EXISTS (
         -- An index that a build left behind makes way for the next one.
         SELECT FROM pg_index i WHERE i.indexrelid = c.oid AND NOT i.indisvalid)
       OR lower(c.relname) ~ '^(hibernate_|id_gen|openjpa_sequence|sequence(_|$))') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
UNION
-- A new relation makes a type of its name. One of an array of others makes way for it.
SELECT n.nspname::text, t.typname::text
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typname ~ '_(seq|before)[0-9]*$' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
