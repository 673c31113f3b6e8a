-- Whether a CHECK is about this column alone; or one of a domain, which no other column has.
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_constraint k ON k.conrelid = a.attrelid AND k.conkey = ARRAY[a.attnum]
    OR k.contypid = a.atttypid AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_attribute o
      WHERE o.attrelid = a.attrelid AND o.atttypid = a.atttypid AND o.attnum <> a.attnum)
  WHERE a.attrelid = to_regclass(%s) AND a.attname = %s AND k.conname = %s AND k.contype = 'c')
