-- For other roles: without the tables that another session has locked, as the size of one is read
-- once the lock is gone.
c.oid NOT IN (
  SELECT l.relation FROM pg_locks l
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.relation IS NOT NULL
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
) AND pg_relation_size(c.oid) = 0
