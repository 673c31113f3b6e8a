-- Tables without a page: they have no row, so they need not be read. A role that may read file sizes
-- does that, for which no table is opened. For other roles the tables that another session has locked
-- are left out: reading their size would wait for the lock.
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
