-- The texts of statements with an operator that a GIN index on jsonb serves, of this database.
SELECT coalesce(array_agg(s.query), ARRAY[]::text[]) AS queries,
       coalesce(array_agg(s.calls), ARRAY[]::bigint[]) AS calls
FROM {statements} s
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND s.query ~ '@>|@@|[?]' AND s.query ~* '\m(select|update|delete|insert|merge|with)\M'
