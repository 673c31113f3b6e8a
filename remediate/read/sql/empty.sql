-- Tables without a single page: they hold no row, so nothing has to be read from them. Those that
-- another session has locked are left out: asking for their size would wait for it.
SELECT c.oid::bigint AS oid
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am am ON am.oid = c.relam AND am.amname = 'heap'
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.relpages = 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND c.oid NOT IN (
    SELECT l.relation FROM pg_locks l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.relation IS NOT NULL
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND pg_relation_size(c.oid) = 0
