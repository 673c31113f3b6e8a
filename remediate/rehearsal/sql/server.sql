SELECT current_setting('server_version_num')::integer,
       (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user),
       (SELECT system_identifier::text FROM pg_catalog.pg_control_system())
