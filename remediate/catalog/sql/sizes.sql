-- The rows of each table and materialized view on disk, TOAST included and indexes not, as the last
-- VACUUM or ANALYZE saw them: asking for the files themselves would wait for a table's lock.
SELECT n.nspname::text AS schema, c.relname::text AS name,
       (c.relpages + coalesce(t.relpages, 0))::bigint * current_setting('block_size')::bigint AS bytes,
       -- Before 14, 0 rows on 0 pages are also those of a table that neither has seen.
       c.reltuples > 0 OR c.relpages > 0
         OR c.reltuples = 0 AND current_setting('server_version_num')::integer >= 140000 AS told
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
