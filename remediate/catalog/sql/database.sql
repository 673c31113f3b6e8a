-- The database, and the role that reads it. Must run before search_path is changed.
SELECT current_database()::text AS name,
       current_setting('server_version_num')::integer AS version,
       current_user::text AS role,
       (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS superuser,
       coalesce(current_schema(), 'public')::text AS default_schema,
       current_schemas(false)::text[] AS search_path,
       (SELECT extract(epoch FROM now() - s.stats_reset)::float8 / 86400
        FROM pg_catalog.pg_stat_database s WHERE s.datname = current_database()) AS statistics_days,
       -- Everybody may read these columns; subconninfo, with its password, nobody but superusers.
       ARRAY(SELECT sub.subname::text FROM pg_catalog.pg_subscription sub
             JOIN pg_catalog.pg_database d ON d.oid = sub.subdbid
             WHERE d.datname = current_database() ORDER BY 1) AS subscriptions,
       has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS identifiable
