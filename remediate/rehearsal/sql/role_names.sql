-- Owners and grantees of anything in this database; the bootstrap role is not recorded (pinned).
SELECT DISTINCT r.rolname::text
FROM pg_catalog.pg_roles r
WHERE r.oid = 10 OR r.rolname = current_user
   OR (NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
       AND pg_has_role(current_user, r.oid, 'MEMBER'))
   OR r.oid IN (
     SELECT d.refobjid FROM pg_catalog.pg_shdepend d
     WHERE d.refclassid = 'pg_catalog.pg_authid'::regclass AND d.dbid IN (
       0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())))
