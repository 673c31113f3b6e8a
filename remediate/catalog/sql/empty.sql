-- Tables without a single page: they hold no row, so nothing has to be read from them. Who may ask
-- the file system does that, as it opens no table. Others leave out the tables that another session has
-- locked: asking for their size would wait for it.
SELECT c.oid::bigint AS oid
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am am ON am.oid = c.relam AND am.amname = 'heap'
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.relpages = 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND CASE WHEN (SELECT has_function_privilege('pg_stat_file(text, boolean)', 'EXECUTE'))
    THEN (pg_stat_file(pg_relation_filepath(c.oid), true)).size = 0
    ELSE c.oid NOT IN (
      SELECT l.relation FROM pg_locks l
      WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.relation IS NOT NULL
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AND pg_relation_size(c.oid) = 0 END
