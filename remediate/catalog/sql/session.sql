-- The settings of a read-only session, until its transaction ends: names print qualified, everything
-- prints as it does in every other session, and every wait is limited.
-- jit: compiling the catalog queries takes longer than running them (3.2 s to 0.9 s on Debian's 15).
-- max_parallel_workers_per_gather: the processors are for whoever works with the database.
-- row_security: an error is better than the maximum of only the visible rows.
-- client_connection_check_interval: a statement ends with its client, from 14 on Linux (elsewhere the
-- server refuses it).
-- From datestyle on: templates/printing.sql.j2 has the same.
SELECT set_config('search_path', 'pg_catalog', true), set_config('row_security', 'off', true),
       set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),
       set_config('lock_timeout', '2s', true), set_config('statement_timeout', '60s', true),
       CASE WHEN current_setting('client_connection_check_interval', true) IS NOT NULL AND version() ~ 'linux'
            THEN set_config('client_connection_check_interval', '2s', true) END,
       set_config('datestyle', 'ISO', true),
       set_config('timezone', 'UTC', true), set_config('intervalstyle', 'postgres', true),
       set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),
       set_config('quote_all_identifiers', 'off', true),
       set_config('standard_conforming_strings', 'on', true)
