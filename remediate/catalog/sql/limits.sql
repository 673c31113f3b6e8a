-- What this role cannot read in the database, by name: tables, sequences, and tables of which a policy
-- hides rows.
SELECT coalesce(array_agg(r.name ORDER BY r.name) FILTER (WHERE r.is_table AND NOT r.readable), '{}')::text[] AS tables,
       coalesce(array_agg(r.name ORDER BY r.name) FILTER (WHERE NOT r.is_table AND NOT r.readable), '{}')::text[] AS sequences,
       coalesce(array_agg(r.name ORDER BY r.name) FILTER (WHERE r.hidden), '{}')::text[] AS hidden
FROM (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
             c.relkind <> 'S' AS is_table,
             has_schema_privilege(n.oid, 'USAGE')
               AND (CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'SELECT')
                    ELSE has_any_column_privilege(c.oid, 'SELECT') END) AS readable,
             c.relrowsecurity AND row_security_active(c.oid) AS hidden
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND c.relpersistence <> 't') AS r
