-- The valid indexes of every table: method and key columns, NULL for an expression, which is not printed.
SELECT n.nspname::text AS schema, c.relname::text AS name, x.relname::text AS index, am.amname::text AS method,
       i.indisunique AS unique, i.indpred IS NOT NULL AS partial,
       ARRAY(
         SELECT a.attname::text
         FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, position)
         LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND a.attnum > 0
         WHERE k.position <= i.indnkeyatts
         ORDER BY k.position) AS columns
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am am ON am.oid = x.relam
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisvalid AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname, x.relname
