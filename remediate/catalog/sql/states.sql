-- PostgreSQL 18 and later: the state of every sequence at once; no lock lasts longer than its row.
-- Sequences that another session has locked are left out; NULL if this role may not read one.
SELECT s.seqrelid::bigint AS oid, d.last_value, d.is_called
FROM pg_sequence s
CROSS JOIN LATERAL pg_get_sequence_data(s.seqrelid::regclass) AS d
WHERE s.seqrelid NOT IN (
  SELECT l.relation FROM pg_locks l
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.relation IS NOT NULL
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))
