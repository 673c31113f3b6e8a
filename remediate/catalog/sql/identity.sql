-- The identifier of the server. A statement of its own: PostgreSQL refuses a statement that names a
-- function to a role that may not run it, even in a branch that is not taken.
SELECT system_identifier::text AS system_identifier FROM pg_catalog.pg_control_system()
