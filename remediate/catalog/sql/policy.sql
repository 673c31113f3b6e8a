-- The conditions of a policy, in the syntax of CREATE POLICY. Waits while another session alters the
-- table (measured on 15, 16 and 18).
SELECT (
  SELECT coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
         || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
  FROM pg_policy WHERE oid = {oid})
