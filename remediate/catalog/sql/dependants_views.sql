-- The statements that drop views and create them again, but for owners and grants, which a revision
-- keeps as they are when it runs: one row for each statement, in the order of
-- step and position. The statement is `prefix` and, if the row names one, the text of a definition.
WITH view AS MATERIALIZED (
  SELECT w.kind, c.oid, c.relkind, c.reloptions, c.reltablespace, c.relam, c.reltoastrelid, c.relreplident, c.relispopulated,
         quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
         CASE c.relkind WHEN 'v' THEN 'VIEW ' ELSE 'MATERIALIZED VIEW ' END AS keyword
  FROM (VALUES {objects}) AS w (kind, oid, sub)
  JOIN pg_class c ON c.oid = w.oid::oid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE w.kind IN ('view', 'materialized view', 'content of materialized view')
),
body AS MATERIALIZED (SELECT * FROM view WHERE kind <> 'content of materialized view'),
option AS MATERIALIZED (
  SELECT b.oid, string_agg(o.prefix || quote_ident(x.option_name) || '=' || quote_literal(x.option_value),
                           ', ' ORDER BY o.prefix, x.position) AS list
  FROM body b
  LEFT JOIN pg_class t ON t.oid = b.reltoastrelid
  CROSS JOIN LATERAL (VALUES ('', b.reloptions), ('toast.', t.reloptions)) AS o (prefix, options)
  CROSS JOIN LATERAL pg_options_to_table(o.options) WITH ORDINALITY AS x (option_name, option_value, position)
  GROUP BY b.oid
),
made (oid, step, position, prefix, definition, definition_oid) AS (
  SELECT oid, 0, 0, 'DROP ' || keyword || name, NULL, NULL::oid FROM body
  UNION ALL
  -- Without rows: they are read as its owner, after row security is restored.
  SELECT b.oid, 10, 0, 'CREATE ' || keyword || name || coalesce(' USING ' || quote_ident(m.amname), '')
         || coalesce(' WITH (' || o.list || ')', '') || coalesce(' TABLESPACE ' || quote_ident(s.spcname), '')
         || E' AS\n', b.kind, b.oid
  FROM body b
  LEFT JOIN option o ON o.oid = b.oid
  LEFT JOIN pg_am m ON m.oid = b.relam
  LEFT JOIN pg_tablespace s ON s.oid = b.reltablespace
  UNION ALL
  SELECT b.oid, 14, d.objsubid,
         'COMMENT ON ' || CASE d.objsubid WHEN 0 THEN b.keyword || b.name
                          ELSE 'COLUMN ' || b.name || '.' || quote_ident(a.attname) END
         || ' IS ' || quote_literal(d.description), NULL, NULL
  FROM body b
  JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = b.oid
  LEFT JOIN pg_attribute a ON a.attrelid = b.oid AND a.attnum = d.objsubid AND d.objsubid > 0
  UNION ALL
  SELECT b.oid, 15, a.attnum,
         'ALTER VIEW ' || b.name || ' ALTER COLUMN ' || quote_ident(a.attname) || ' SET DEFAULT ',
         'default', ad.oid
  FROM body b
  JOIN pg_attrdef ad ON ad.adrelid = b.oid
  JOIN pg_attribute a ON a.attrelid = b.oid AND a.attnum = ad.adnum
  UNION ALL
  SELECT b.oid, 16, a.attnum,
         'ALTER MATERIALIZED VIEW ' || b.name || ' ALTER COLUMN ' || quote_ident(a.attname) || action.text,
         NULL, NULL
  FROM body b
  JOIN pg_attribute a ON a.attrelid = b.oid AND a.attnum > 0 AND b.relkind = 'm'
  JOIN pg_type y ON y.oid = a.atttypid
  CROSS JOIN LATERAL (VALUES
    -- -1 up to 16, later NULL
    (' SET STATISTICS ' || nullif((to_jsonb(a) ->> 'attstattarget')::integer, -1)),
    (' SET (' || (SELECT string_agg(quote_ident(x.option_name) || '=' || quote_literal(x.option_value), ', ')
                  FROM pg_options_to_table(a.attoptions) x
                  WHERE x.option_name <> 'pg_attver') || ')'), -- the server's own, since November 2026
    (' SET STORAGE ' || CASE WHEN a.attstorage <> y.typstorage THEN
       CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
            ELSE 'EXTENDED' END END),
    (' SET COMPRESSION ' || CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz'
                            WHEN 'l' THEN 'lz4' END)
  ) AS action (text)
  WHERE action.text IS NOT NULL
  UNION ALL
  SELECT oid, 17, 0, 'ALTER TABLE ONLY ' || name || ' REPLICA IDENTITY '
         || CASE relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END, NULL, NULL
  FROM body WHERE relkind = 'm' AND relreplident IN ('f', 'n')
)
SELECT b.kind, b.oid::bigint AS oid, 0 AS sub, m.step, m.position::bigint AS position, m.prefix,
       m.definition, m.definition_oid::bigint AS definition_oid, b.oid::bigint AS locks
FROM made m JOIN body b ON b.oid = m.oid
UNION ALL
SELECT kind, oid::bigint, 0, 10, 0, 'REFRESH MATERIALIZED VIEW ' || name, NULL, NULL, NULL
FROM view WHERE kind = 'content of materialized view'
