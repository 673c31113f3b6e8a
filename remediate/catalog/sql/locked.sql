-- The relations of this database that another session has locked for itself (ACCESS EXCLUSIVE), and
-- those for which a session waits for such a lock: a later session queues behind it.
SELECT DISTINCT relation::bigint FROM pg_locks
WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND pid <> pg_backend_pid()
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
