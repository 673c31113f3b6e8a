-- Whether a rule puts something else in the place of an INSERT into the table.
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_rewrite
  WHERE ev_class = to_regclass(%s) AND ev_type = '3' AND is_instead AND ev_enabled <> 'D')
