-- Marked roles whose name no session holds, and whether the database is still there that one stands
-- for: these first, because others may own something in it. pg_locks shows the keys unsigned.
SELECT r.rolname::text, d.oid IS NOT NULL
FROM pg_catalog.pg_roles r
LEFT JOIN pg_catalog.pg_database d
  ON d.datname = r.rolname AND pg_catalog.shobj_description(r.oid, 'pg_authid') = %s
WHERE pg_catalog.shobj_description(r.oid, 'pg_authid') = ANY (%s)
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'advisory' AND l.classid::bigint = %s
      AND l.objid::bigint = pg_catalog.hashtext(r.rolname::text)::bigint & 4294967295)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)
ORDER BY d.oid IS NULL, r.rolname
