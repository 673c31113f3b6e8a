SELECT l.virtualtransaction, string_agg(l.relation::text || ' ' || l.mode, ',')
FROM pg_catalog.pg_locks l
WHERE l.pid = %s AND l.locktype = 'relation' AND l.granted
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
GROUP BY l.virtualtransaction
