SELECT EXISTS (
  SELECT FROM pg_constraint k
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
  WHERE k.conrelid = to_regclass(%s) AND a.attname = %s AND k.conname = %s AND k.contype = 'c')
