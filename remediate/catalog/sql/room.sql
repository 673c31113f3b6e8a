-- The connections that are left, after those reserved: of the server, and of a limit of this database
-- or role. Sessions of users alone count: of the workers that a session or the server starts, none.
-- A role that has one connection in all is there for this; its limit takes nothing from others.
WITH session AS MATERIALIZED (
  SELECT datid, usesysid FROM pg_catalog.pg_stat_activity
  WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND leader_pid IS NULL
)
SELECT pg_backend_pid() AS process, what, bound::integer, (bound - used)::integer AS free
FROM (
  SELECT 'the server' AS what,
         current_setting('max_connections')::bigint
           - current_setting('superuser_reserved_connections')::bigint
           - coalesce(current_setting('reserved_connections', true)::bigint, 0) AS bound,
         (SELECT count(*) FROM session) AS used
  UNION ALL
  SELECT 'the database ' || quote_ident(d.datname), d.datconnlimit,
         (SELECT count(*) FROM session WHERE datid = d.oid)
  FROM pg_catalog.pg_database d WHERE d.datname = current_database() AND d.datconnlimit > 1
  UNION ALL
  SELECT 'the role ' || quote_ident(r.rolname), r.rolconnlimit,
         (SELECT count(*) FROM session WHERE usesysid = r.oid)
  FROM pg_catalog.pg_roles r WHERE r.rolname = session_user AND r.rolconnlimit > 1
) AS limits
ORDER BY free
