-- What each foreign key does on DELETE and UPDATE; the copies that partitions inherit are left out.
SELECT n.nspname::text AS schema, c.relname::text AS name, k.conname::text AS constraint_name,
       k.confdeltype::text AS on_delete, k.confupdtype::text AS on_update, k.condeferrable AS deferrable,
       ARRAY(
         SELECT a.attname::text
         FROM pg_attribute a
         -- A column of PostgreSQL 15: the columns of SET NULL (a, b).
         WHERE a.attrelid = k.conrelid AND a.attnum = ANY (coalesce(
           (SELECT array_agg(number::smallint)
            FROM jsonb_array_elements_text(nullif(to_jsonb(k) -> 'confdelsetcols', 'null')) AS number),
           k.conkey))
         ORDER BY a.attnum) AS changed
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
