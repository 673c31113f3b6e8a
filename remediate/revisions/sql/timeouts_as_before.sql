SELECT set_config('lock_timeout', current_setting('remediate.lock_timeout'), false),
       set_config('statement_timeout', current_setting('remediate.statement_timeout'), false)
