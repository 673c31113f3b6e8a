-- What a role needs to make a table in a schema; no row where there is no such schema.
SELECT pg_catalog.has_schema_privilege(%s, n.oid, 'USAGE'),
       pg_catalog.has_schema_privilege(%s, n.oid, 'CREATE')
FROM pg_catalog.pg_namespace n WHERE n.nspname = %s
