-- The settings of a read-only session, until its transaction ends: names print qualified, and every
-- wait is limited.
-- jit: compiling the catalog queries takes longer than running them (3.2 s to 0.9 s on Debian's 15).
-- row_security: an error is better than the maximum of only the visible rows.
SELECT set_config('search_path', 'pg_catalog', true), set_config('row_security', 'off', true),
       set_config('jit', 'off', true), set_config('lock_timeout', '2s', true),
       set_config('statement_timeout', '60s', true)
