SELECT set_config('row_security', current_setting('remediate.row_security'), true)
