-- The rows that this session inserted into the table and what is below it, and into any table, since
-- it last reported them; and whether the server counts them.
WITH RECURSIVE below AS (
  SELECT to_regclass(%s)::oid AS oid
  UNION
  SELECT i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent = b.oid
)
SELECT (SELECT coalesce(sum(pg_stat_get_xact_tuples_inserted(oid)), 0) FROM below),
       (SELECT coalesce(sum(pg_stat_get_xact_tuples_inserted(oid)), 0) FROM pg_catalog.pg_class
        WHERE relkind = 'r' AND relnamespace <> 'pg_catalog'::regnamespace),
       current_setting('track_counts') = 'on'
