SELECT set_config('remediate.lock_timeout', current_setting('lock_timeout'), false),
       set_config('remediate.statement_timeout', current_setting('statement_timeout'), false),
       set_config('lock_timeout', '0', false), set_config('statement_timeout', '0', false)
