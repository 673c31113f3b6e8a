-- Of these keys, the column beside them that by its name holds when a row was inserted, and that
-- this role may read.
WITH RECURSIVE {wanted}
SELECT DISTINCT ON (w.relid) w.nspname::text AS schema, w.relname::text AS name,
       w.attname::text AS key, a.attname::text AS column, w.relid::bigint AS relid
FROM wanted w
JOIN pg_attribute a ON a.attrelid = w.relid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN array_position(
  ARRAY['createdat', 'insertedat', 'created', 'createdon', 'createdtime', 'createtime',
        'creationtime', 'creationdate', 'createddate', 'datecreated', 'createdatetime'],
  lower(replace(a.attname, '_', ''))) AS rank
WHERE rank IS NOT NULL
  AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype)
  AND has_column_privilege(w.relid, a.attnum, 'SELECT')
ORDER BY w.relid, rank, a.attnum
