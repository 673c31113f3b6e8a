-- The statements that drop and create the dependants of tables, and the objects that belong to views
-- and are dropped with them: one row for each statement, as in dependants_views.sql.
WITH RECURSIVE object AS MATERIALIZED (
  SELECT w.kind, w.oid::oid AS oid, w.sub::integer AS sub
  FROM (VALUES {objects}) AS w (kind, oid, sub)
),
named AS NOT MATERIALIZED (
  SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name, c.relname, c.reltablespace
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
),
trigger AS (
  SELECT o.kind, o.oid, t.oid AS id, true AS itself, t.tgname, t.tgrelid, t.tgenabled
  FROM object o
  JOIN pg_trigger t ON o.kind = 'trigger' AND t.oid = o.oid
                    OR o.kind = 'view' AND t.tgrelid = o.oid AND NOT t.tgisinternal
  UNION ALL
  -- That of the partitioned table creates those of partitions, which may be enabled differently.
  SELECT p.kind, p.oid, t.oid, false, t.tgname, t.tgrelid, t.tgenabled
  FROM trigger p JOIN pg_trigger t ON t.tgparentid = p.id
),
rule AS MATERIALIZED (
  SELECT o.kind, o.oid, r.oid AS id, r.rulename, r.ev_class, r.ev_enabled
  FROM object o
  JOIN pg_rewrite r ON o.kind = 'rule' AND r.oid = o.oid
                    OR o.kind = 'view' AND r.ev_class = o.oid AND r.rulename <> '_RETURN'
),
con AS (
  SELECT o.kind, o.oid, k.oid AS id, true AS itself, k.conname, k.conrelid, k.conindid
  FROM object o
  JOIN pg_constraint k ON o.kind IN ('CHECK', 'exclusion constraint') AND k.oid = o.oid
  UNION ALL
  SELECT p.kind, p.oid, k.oid, false, k.conname, k.conrelid, k.conindid
  FROM con p
  JOIN pg_inherits h ON h.inhparent = p.conrelid
  JOIN pg_constraint k ON k.conrelid = h.inhrelid AND k.conname = p.conname AND k.contype = 'c'
    AND NOT k.conislocal
),
index AS MATERIALIZED (
  SELECT o.kind, o.oid, i.indexrelid AS id, o.kind <> 'exclusion constraint' AS itself, i.indrelid,
         i.indisclustered, c.name, c.relname, c.reltablespace
  FROM object o
  LEFT JOIN con k ON k.kind = 'exclusion constraint' AND k.oid = o.oid
  JOIN pg_index i ON o.kind = 'index' AND i.indexrelid = o.oid
                  OR o.kind = 'materialized view' AND i.indrelid = o.oid
                  OR o.kind = 'exclusion constraint' AND i.indexrelid = k.conindid
  JOIN named c ON c.oid = i.indexrelid
),
statistics AS MATERIALIZED (
  SELECT o.kind, o.oid, s.oid AS id, s.stxrelid,
         quote_ident(n.nspname) || '.' || quote_ident(s.stxname) AS name,
         -- Without expressions ALTER TYPE creates them again, but not their target.
         o.kind <> 'statistics' OR to_jsonb(s) ->> 'stxexprs' IS NOT NULL AS itself,
         nullif((to_jsonb(s) ->> 'stxstattarget')::integer, -1) AS target
  FROM object o
  JOIN pg_statistic_ext s ON o.kind = 'statistics' AND s.oid = o.oid
                          OR o.kind = 'materialized view' AND s.stxrelid = o.oid
  JOIN pg_namespace n ON n.oid = s.stxnamespace
),
-- `itself`: a statement of its own creates it; `on_table`: the rest of its name.
part (kind, oid, class, id, relation, itself, word, name, on_table, prefix) AS (
  SELECT kind, oid, 'pg_trigger'::regclass, id, tgrelid, itself, 'trigger', quote_ident(tgname), true, ''
  FROM trigger
  UNION ALL
  SELECT kind, oid, 'pg_rewrite', id, ev_class, true, 'rule', quote_ident(rulename), true, '' FROM rule
  UNION ALL
  SELECT kind, oid, 'pg_constraint', id, conrelid, itself, 'constraint', quote_ident(conname), true, ''
  FROM con
  UNION ALL
  SELECT kind, oid, 'pg_class', id, indrelid, itself, 'index', name, false, '' FROM index
  UNION ALL
  SELECT kind, oid, 'pg_statistic_ext', id, stxrelid, true, 'statistics', name, false, ''
  FROM statistics WHERE itself
  UNION ALL
  SELECT o.kind, o.oid, 'pg_policy', p.oid, p.polrelid, true, 'policy', quote_ident(p.polname), true,
         CASE WHEN p.polpermissive THEN ' AS PERMISSIVE' ELSE ' AS RESTRICTIVE' END
         || CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE'
                          WHEN 'd' THEN ' FOR DELETE' ELSE ' FOR ALL' END
  FROM object o JOIN pg_policy p ON o.kind = 'policy' AND p.oid = o.oid
),
spelled AS MATERIALIZED (
  SELECT part.*, upper(part.word) || ' ' || part.name
                 || CASE WHEN part.on_table THEN ' ON ' || n.name ELSE '' END AS spelling, n.name AS table_name
  FROM part JOIN named n ON n.oid = part.relation
),
state (letter, keyword) AS (VALUES
  ('D'::"char", 'DISABLE '), ('A', 'ENABLE ALWAYS '), ('R', 'ENABLE REPLICA ')
),
made (kind, oid, sub, relation, step, id, prefix, definition) AS (
  SELECT kind, oid, 0, relation, 0, id,
         CASE word WHEN 'constraint' THEN 'ALTER TABLE ' || table_name || ' DROP CONSTRAINT ' || name
                   ELSE 'DROP ' || spelling END, NULL
  FROM spelled WHERE itself AND kind NOT IN ('view', 'materialized view')
  UNION ALL
  SELECT kind, oid, 0, relation, 20, id,
         CASE word WHEN 'constraint' THEN 'ALTER TABLE ' || table_name || ' ADD CONSTRAINT ' || name || ' '
                   WHEN 'policy' THEN 'CREATE ' || spelling || prefix ELSE '' END, word
  FROM spelled WHERE itself
  UNION ALL
  SELECT s.kind, s.oid, 0, s.relation, 23, s.id,
         'COMMENT ON ' || s.spelling || ' IS ' || quote_literal(d.description), NULL
  FROM spelled s JOIN pg_description d ON d.classoid = s.class AND d.objoid = s.id AND d.objsubid = 0
  UNION ALL
  SELECT t.kind, t.oid, 0, t.tgrelid, 23, t.id,
         'COMMENT ON CONSTRAINT ' || quote_ident(t.tgname) || ' ON ' || n.name || ' IS ' || quote_literal(d.description), NULL
  FROM trigger t
  JOIN pg_trigger c ON c.oid = t.id
  JOIN pg_description d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = c.tgconstraint
  JOIN named n ON n.oid = t.tgrelid
  UNION ALL
  SELECT t.kind, t.oid, 0, t.tgrelid, 22, t.id,
         'ALTER TABLE ONLY ' || n.name || ' ' || s.keyword || 'TRIGGER ' || quote_ident(t.tgname), NULL
  FROM trigger t JOIN state s ON s.letter = t.tgenabled JOIN named n ON n.oid = t.tgrelid
  UNION ALL
  SELECT r.kind, r.oid, 0, r.ev_class, 22, r.id,
         'ALTER TABLE ' || n.name || ' ' || s.keyword || 'RULE ' || quote_ident(r.rulename), NULL
  FROM rule r JOIN state s ON s.letter = r.ev_enabled JOIN named n ON n.oid = r.ev_class
  UNION ALL
  SELECT i.kind, i.oid, 0, i.indrelid, 21, i.id,
         'ALTER INDEX ' || i.name || ' SET TABLESPACE ' || quote_ident(s.spcname), NULL
  FROM index i JOIN pg_tablespace s ON s.oid = i.reltablespace
  UNION ALL
  SELECT i.kind, i.oid, 0, i.indrelid, 24, i.id,
         'ALTER INDEX ' || i.name || ' ALTER COLUMN ' || a.attnum || ' SET STATISTICS '
         || (to_jsonb(a) ->> 'attstattarget'), NULL
  FROM index i JOIN pg_attribute a ON a.attrelid = i.id
  WHERE (to_jsonb(a) ->> 'attstattarget')::integer <> -1
  UNION ALL
  SELECT i.kind, i.oid, 0, i.indrelid, 25, i.id,
         'ALTER TABLE ONLY ' || n.name || ' CLUSTER ON ' || quote_ident(i.relname), NULL
  FROM index i JOIN named n ON n.oid = i.indrelid WHERE i.indisclustered
  UNION ALL
  -- Without a statement of its own, too: up to 17 the role that runs ALTER TYPE becomes the owner.
  SELECT kind, oid, 0, stxrelid, 21, id, '', NULL FROM statistics
  UNION ALL
  SELECT kind, oid, 0, stxrelid, 24, id, 'ALTER STATISTICS ' || name || ' SET STATISTICS ' || target, NULL
  FROM statistics WHERE target IS NOT NULL
  UNION ALL
  SELECT o.kind, o.oid, 0, p.prrelid, action.step, p.oid,
         'ALTER PUBLICATION ' || quote_ident(b.pubname) || action.keyword || ' TABLE ONLY ' || n.name,
         action.definition
  FROM object o
  JOIN pg_publication_rel p ON o.kind = 'publication' AND p.oid = o.oid
  JOIN pg_publication b ON b.oid = p.prpubid
  JOIN named n ON n.oid = p.prrelid
  CROSS JOIN (VALUES (0, ' DROP', NULL), (20, ' ADD', 'publication')) AS action (step, keyword, definition)
  UNION ALL
  SELECT o.kind, o.oid, o.sub, a.attrelid, action.step, a.attrelid,
         'ALTER TABLE ONLY ' || n.name || ' ALTER COLUMN ' || quote_ident(a.attname) || action.text, NULL
  FROM object o
  JOIN pg_attribute a ON o.kind = 'storage' AND a.attrelid = o.oid AND a.attnum = o.sub
  JOIN pg_type y ON y.oid = a.atttypid
  JOIN named n ON n.oid = a.attrelid
  CROSS JOIN LATERAL (VALUES
    (20, ' SET STORAGE ' || CASE WHEN a.attstorage <> y.typstorage THEN
           CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
                ELSE 'EXTENDED' END END),
    (21, ' SET COMPRESSION ' || CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END)
  ) AS action (step, text)
  WHERE action.text IS NOT NULL
)
SELECT kind, oid::bigint AS oid, sub, step, id::bigint AS position, prefix, definition,
       id::bigint AS definition_oid, relation::bigint AS locks
FROM made
