-- Tables without a page: they have no row, so they need not be read.
SELECT c.oid::bigint AS oid
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am am ON am.oid = c.relam AND am.amname = 'heap'
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.relpages = 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND {is_empty}
