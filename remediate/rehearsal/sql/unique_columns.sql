-- The columns of whole, valid unique indexes that refuse at once, each by its name alone.
SELECT n.nspname::text, c.relname::text, ARRAY(
    SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE k.place <= i.indnkeyatts ORDER BY k.place
  )
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND i.indimmediate AND i.indisvalid AND i.indpred IS NULL AND 0 <> ALL (i.indkey::int2[])
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
