-- Which server it is. A statement of its own: naming the function is refused to a role that may not
-- run it, also in a branch that is not taken.
SELECT system_identifier::text AS system_identifier FROM pg_catalog.pg_control_system()
