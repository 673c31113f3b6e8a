SELECT partstrat <> 'h' AND partdefid = 0 FROM pg_partitioned_table
WHERE partrelid = to_regclass(%s)
