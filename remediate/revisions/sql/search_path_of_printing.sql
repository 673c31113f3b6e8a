SELECT set_config('remediate.search_path', current_setting('search_path'), true), set_config('search_path', 'pg_catalog', true)
