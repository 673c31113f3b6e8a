SELECT conname::text FROM pg_constraint
WHERE conrelid = to_regclass(%s) AND contype IN ('c', 'f') AND coninhcount = 0 AND conname <> %s
