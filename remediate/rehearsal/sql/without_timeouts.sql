-- By name, because older servers lack some of them.
SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
WHERE name ~ '_timeout$' AND context = 'user'
