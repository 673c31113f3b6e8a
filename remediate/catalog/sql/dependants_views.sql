-- The statements that drop views and create them again: one row for each statement, in the order of
-- step and position. The statement is `prefix` and, if the row names one, the text of a definition.
WITH view AS MATERIALIZED (
  SELECT w.kind, c.oid, c.relkind, c.relnamespace, c.relowner, c.relacl, c.reloptions,
         c.reltablespace, c.relam, c.reltoastrelid, c.relreplident, c.relispopulated,
         quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
         CASE c.relkind WHEN 'v' THEN 'VIEW ' ELSE 'MATERIALIZED VIEW ' END AS keyword,
         quote_ident(pg_get_userbyid(c.relowner)) AS owner,
         acldefault('r', c.relowner) AS usual
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
granted AS MATERIALIZED (
  -- In the order of the list of rights, as pg_dump prints it.
  SELECT b.oid, 0 AS attnum, NULL::name AS attname, i.position, i.item
  FROM body b CROSS JOIN LATERAL unnest(b.relacl) WITH ORDINALITY AS i (item, position)
  -- The default rights of the owner need no GRANT if they come first.
  WHERE i.position > 1 OR NOT i.item = b.usual[1]
  UNION ALL
  SELECT b.oid, a.attnum, a.attname, i.position, i.item
  FROM body b
  JOIN pg_attribute a ON a.attrelid = b.oid
  CROSS JOIN LATERAL unnest(a.attacl) WITH ORDINALITY AS i (item, position)
),
by_default AS MATERIALIZED (
  -- ALTER DEFAULT PRIVILEGES of the creator may grant rights that the view did not have.
  SELECT b.oid, string_agg(DISTINCT CASE x.grantee WHEN 0 THEN 'PUBLIC'
                                    ELSE quote_ident(pg_get_userbyid(x.grantee)) END, ', ')
                  FILTER (WHERE x.grantee <> b.relowner) AS others
  FROM body b
  JOIN pg_default_acl d ON d.defaclobjtype = 'r' AND d.defaclnamespace IN (0, b.relnamespace)
  LEFT JOIN LATERAL aclexplode(d.defaclacl) x ON true
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
  SELECT oid, 11, 0, 'ALTER ' || keyword || name || ' OWNER TO ' || owner, NULL, NULL FROM body
  UNION ALL
  SELECT b.oid, 12, 0, 'REVOKE ALL ON TABLE ' || b.name || ' FROM ' || d.others, NULL, NULL
  FROM body b JOIN by_default d ON d.oid = b.oid AND d.others IS NOT NULL
  UNION ALL
  SELECT b.oid, 12, 1, 'GRANT ALL ON TABLE ' || b.name || ' TO ' || b.owner, NULL, NULL
  FROM body b JOIN by_default d ON d.oid = b.oid
  UNION ALL
  SELECT oid, 12, 2, 'REVOKE ALL ON TABLE ' || name || ' FROM ' || owner, NULL, NULL
  FROM body WHERE relacl IS NOT NULL AND relacl[1] IS DISTINCT FROM usual[1]
  UNION ALL
  SELECT b.oid, 13, g.attnum * 1000 + g.position,
         -- A later server, as in a rehearsal, may know more rights.
         'GRANT ' || CASE WHEN g.attnum = 0 AND count(*) = (SELECT count(*) FROM aclexplode(acldefault('r', b.relowner))) THEN 'ALL'
           ELSE string_agg(x.privilege_type || coalesce(' (' || quote_ident(g.attname) || ')', ''), ', '
                           ORDER BY x.privilege_type) END
         || ' ON TABLE ' || b.name || ' TO '
         || CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END
         || CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, NULL, NULL
  FROM granted g
  JOIN body b ON b.oid = g.oid
  CROSS JOIN LATERAL aclexplode(ARRAY[g.item]) x
  GROUP BY b.oid, b.name, b.relowner, g.attnum, g.attname, g.position, x.grantee, x.is_grantable
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
