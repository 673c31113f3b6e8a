-- The CHECK constraints of these tables, and the columns that each speaks of.
SELECT given.name, pg_get_expr(conbin, conrelid), ARRAY(
    SELECT a.attname::text FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = conrelid AND a.attnum = ANY (conkey) ORDER BY a.attnum
  )
FROM unnest(%s::text[]) AS given(name)
JOIN pg_catalog.pg_constraint ON conrelid = to_regclass(given.name) AND contype = 'c' ORDER BY conname
