-- The column list and the row filter that a publication has for a table, in the syntax of ALTER
-- PUBLICATION. PostgreSQL 15 and later: before, no publication depends on a column. Waits while another
-- session alters the table (measured on 15, 16 and 18).
SELECT (
  SELECT coalesce(' (' || (
           SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
           WHERE attrelid = prrelid AND attnum = ANY (prattrs::smallint[])) || ')', '')
         || coalesce(' WHERE (' || pg_get_expr(prqual, prrelid) || ')', '')
  FROM pg_publication_rel WHERE oid = {oid})
