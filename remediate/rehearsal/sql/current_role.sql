SELECT rolname::text, rolsuper,
       (SELECT pg_get_userbyid(datdba)::text FROM pg_catalog.pg_database
        WHERE datname = current_database())
FROM pg_catalog.pg_roles WHERE rolname = current_user
