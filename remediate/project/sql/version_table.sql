-- How many characters Alembic's table holds of a revision id (none for a type without limit), and the
-- comment on it. Waits for no lock.
SELECT (SELECT a.atttypmod - 4 FROM pg_attribute a
        WHERE a.attrelid = place.oid AND a.attname = 'version_num' AND a.atttypmod > 0),
       obj_description(place.oid, 'pg_class')
FROM (SELECT to_regclass({table})::oid AS oid) AS place
