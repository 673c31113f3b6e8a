-- The columns of these tables that UPDATE may set to a value.
SELECT given.name, attname::text FROM unnest(%s::text[]) AS given(name)
JOIN pg_attribute ON attrelid = to_regclass(given.name) AND attnum > 0 AND NOT attisdropped
  AND attgenerated = '' AND attidentity <> 'a'
ORDER BY attnum
