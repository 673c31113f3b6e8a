SELECT state FROM pg_catalog.pg_stat_activity WHERE pid = %s
