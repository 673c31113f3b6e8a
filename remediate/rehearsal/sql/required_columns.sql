SELECT a.attname::text FROM pg_attribute a
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
  AND a.attidentity = '' AND a.attgenerated = '' AND NOT a.atthasdef AND a.attname <> %s
  AND NOT EXISTS (SELECT FROM pg_index i
    WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
