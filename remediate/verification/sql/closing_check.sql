-- A CHECK constraint that speaks of no column, and whether other tables inherit from its table.
SELECT pg_get_expr(conbin, conrelid),
       EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = conrelid)
FROM pg_catalog.pg_constraint
WHERE conrelid = to_regclass(%s) AND conname = %s AND contype = 'c' AND coalesce(conkey, '{}') = '{}'
