-- Relations by their names, with their columns, and whether the name alone means them in this session.
SELECT n.nspname::text AS schema, c.relname::text AS name, c.oid::bigint AS oid,
       CASE WHEN pg_table_is_visible(c.oid) THEN quote_ident(c.relname) END AS short,
       quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS full,
       ARRAY(SELECT ARRAY[a.attname, quote_ident(a.attname)] FROM pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns
FROM (VALUES {names}) AS w (schema, name)
JOIN pg_namespace n ON n.nspname = w.schema
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
