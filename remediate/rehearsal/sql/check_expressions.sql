-- The CHECK constraints of a table, and the columns that each speaks of.
SELECT pg_get_expr(conbin, conrelid), ARRAY(
    SELECT a.attname::text FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = conrelid AND a.attnum = ANY (conkey) ORDER BY a.attnum
  )
FROM pg_catalog.pg_constraint
WHERE conrelid = to_regclass(%s) AND contype = 'c' ORDER BY conname
