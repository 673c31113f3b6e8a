SELECT rulename::text FROM pg_rewrite
WHERE ev_class = to_regclass(%s) AND ev_type = '3' AND ev_enabled <> 'D'
