-- The conditions of a policy, as CREATE POLICY takes them. Waits while another session alters the
-- table (15, 16 and 18).
SELECT (
  SELECT coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
         || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
  FROM pg_policy WHERE oid = {oid})
