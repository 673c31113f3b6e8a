-- The columns of a table that may be NULL, with the categories of their types.
SELECT a.attname::text, t.typcategory::text
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
  AND NOT a.attnotnull AND a.attgenerated = ''
ORDER BY a.attnum
