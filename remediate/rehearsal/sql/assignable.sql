-- The columns of a table that UPDATE may set to a value.
SELECT attname::text FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
  AND attgenerated = '' AND attidentity <> 'a'
ORDER BY attnum
