-- The rules and the triggers that may keep a row out of the table or of what is below it.
WITH RECURSIVE below AS (
  SELECT to_regclass(%s)::oid AS oid
  UNION
  SELECT i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent = b.oid
)
SELECT 'rule ' || quote_ident(r.rulename)
FROM pg_catalog.pg_rewrite r
WHERE r.ev_class = to_regclass(%s) AND r.ev_type = '3' AND r.is_instead AND r.ev_enabled <> 'D'
UNION
SELECT 'trigger ' || quote_ident(t.tgname)
FROM below b
JOIN pg_catalog.pg_trigger t ON t.tgrelid = b.oid
WHERE t.tgtype & 7 = 7 AND NOT t.tgisinternal AND t.tgenabled <> 'D'
ORDER BY 1
