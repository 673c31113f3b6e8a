SELECT EXISTS (
  SELECT FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
  WHERE k.conname = %s AND k.contype = 'c' AND k.conrelid = to_regclass(%s) AND a.attname = %s)
