SELECT set_config('search_path', current_setting('remediate.search_path'), true)
