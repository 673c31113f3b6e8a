-- How many characters the version table holds of a revision id; no row for a type without limit.
-- Waits for no lock.
SELECT a.atttypmod - 4 FROM pg_attribute a
WHERE a.attrelid = to_regclass({table})
  AND a.attname = 'version_num' AND a.atttypmod > 0
