-- Why a foreign key checks no row now: triggers of the session, or its own; '' where neither is so.
SELECT CASE
  WHEN current_setting('session_replication_role') = 'replica' THEN 'session_replication_role is replica'
  WHEN EXISTS (
    SELECT FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_trigger t ON t.tgconstraint = k.oid AND t.tgrelid = k.conrelid
    WHERE k.conname = %s AND k.conrelid = to_regclass(%s) AND k.contype = 'f' AND t.tgenabled IN ('D', 'R')
  ) THEN 'its triggers are disabled'
  ELSE '' END
