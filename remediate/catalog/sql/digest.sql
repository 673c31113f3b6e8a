-- What exists, object by object: each table, view, sequence, function, type, schema and extension, and the
-- columns, constraints, indexes, triggers, rules, policies and publications of tables and views. A state is a
-- list of parts, of which the first word tells what it is about. Expressions are not printed, which would wait for an ALTER
-- in flight: of their node trees there is a short digest. No value of a row, and where a sequence stands, is
-- part of it. What belongs to an extension is left out, and so is the line that remedies/grants.py keeps in a
-- comment.
WITH member AS MATERIALIZED (
  SELECT classid, objid FROM pg_depend
  WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
),
space AS MATERIALIZED (
  SELECT n.* FROM pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_namespace'::regclass AND m.objid = n.oid)
),
rel AS MATERIALIZED (
  SELECT c.oid, c.relnamespace, n.nspname, c.relname, c.relkind, c.relowner, c.relacl, c.relpersistence,
         c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relispartition, c.relpartbound,
         c.relispopulated
  FROM pg_class c
  JOIN space n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relpersistence <> 't'
    AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
),
of_schema AS MATERIALIZED (
  -- Of pg_publication_namespace, which is there from 15 on.
  SELECT DISTINCT s.refobjid AS schema, p.refobjid AS publication
  FROM pg_depend s
  JOIN pg_depend p ON p.classid = s.classid AND p.objid = s.objid AND p.refclassid = 'pg_publication'::regclass
  WHERE s.classid = to_regclass('pg_catalog.pg_publication_namespace')
    AND s.refclassid = 'pg_namespace'::regclass
),
object (schema, relation, kind, name, class, oid, sub, state) AS (
  SELECT r.nspname, r.relname,
         CASE WHEN r.relkind = 'S' THEN 'sequence' WHEN r.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END,
         '', 'pg_class'::regclass, r.oid, 0, concat_ws(', ',
    'owner ' || quote_ident(pg_get_userbyid(r.relowner)),
    CASE r.relkind WHEN 'm' THEN 'materialized' WHEN 'f' THEN 'foreign' END,
    CASE WHEN r.relkind = 'm' AND NOT r.relispopulated THEN 'unpopulated' END,
    CASE WHEN r.relpersistence = 'u' THEN 'unlogged' END,
    CASE WHEN r.relrowsecurity THEN 'row security' END,
    CASE WHEN r.relforcerowsecurity THEN 'forced' END,
    'options ' || (SELECT string_agg(o, ' ' ORDER BY o) FROM unnest(r.reloptions) o),
    'grants ' || (SELECT string_agg(acl::text, ' ' ORDER BY acl::text) FROM unnest(r.relacl) acl),
    'under ' || (SELECT string_agg(quote_ident(n.nspname) || '.' || quote_ident(p.relname), ' ' ORDER BY i.inhseqno)
                 FROM pg_inherits i
                 JOIN pg_class p ON p.oid = i.inhparent
                 JOIN pg_namespace n ON n.oid = p.relnamespace
                 WHERE i.inhrelid = r.oid),
    'bounds ' || left(md5(r.relpartbound::text), 8),
    'definition ' || (SELECT left(md5(w.ev_action::text), 8) FROM pg_rewrite w
                      WHERE r.relkind IN ('v', 'm') AND w.ev_class = r.oid AND w.rulename = '_RETURN'),
    -- The types of its columns are those of its definition.
    'columns (' || (SELECT string_agg(concat_ws(' ', quote_ident(a.attname), a.attacl::text,
                                                'comment ' || left(md5(x.description), 8)),
                                      ' ' ORDER BY a.attnum)
                    FROM pg_attribute a
                    LEFT JOIN pg_description x ON x.classoid = 'pg_class'::regclass AND x.objoid = a.attrelid
                      AND x.objsubid = a.attnum
                    WHERE r.relkind IN ('v', 'm') AND a.attrelid = r.oid AND a.attnum > 0
                      AND NOT a.attisdropped) || ')',
    -- The tree of a default that is given anew is another one: which columns have one tells more.
    'defaulted (' || (SELECT string_agg(quote_ident(a.attname), ' ' ORDER BY a.attnum)
                      FROM pg_attrdef d
                      JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                      WHERE r.relkind IN ('v', 'm') AND d.adrelid = r.oid) || ')',
    'defaults ' || (SELECT left(md5(string_agg(d.adbin::text, ' ' ORDER BY d.adnum)), 8)
                    FROM pg_attrdef d WHERE r.relkind IN ('v', 'm') AND d.adrelid = r.oid),
    (SELECT concat_ws(', ', 'as ' || format_type(s.seqtypid, NULL), 'start ' || s.seqstart,
                      'increment ' || s.seqincrement, 'minimum ' || s.seqmin, 'maximum ' || s.seqmax,
                      CASE WHEN s.seqcache > 1 THEN 'cache ' || s.seqcache END,
                      CASE WHEN s.seqcycle THEN 'cycle' END)
     FROM pg_sequence s WHERE s.seqrelid = r.oid),
    (SELECT 'owned ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || '.' || quote_ident(a.attname)
     FROM pg_depend d
     JOIN pg_class c ON c.oid = d.refobjid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
     WHERE r.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = r.oid
       AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0))
  FROM rel r
  UNION ALL
  SELECT r.nspname, r.relname, 'column', a.attname, 'pg_class'::regclass, r.oid, a.attnum, concat_ws(', ',
    'type ' || format_type(a.atttypid, a.atttypmod),
    CASE WHEN a.attnotnull THEN 'not null' END,
    'collation ' || (SELECT quote_ident(c.collname) FROM pg_collation c
                     JOIN pg_type t ON t.oid = a.atttypid
                     WHERE c.oid = a.attcollation AND a.attcollation <> t.typcollation),
    CASE WHEN a.attidentity <> '' THEN 'identity ' || a.attidentity::text END,
    CASE WHEN a.attgenerated <> '' THEN 'generated ' || a.attgenerated::text END,
    'default ' || left(md5(d.adbin::text), 8),
    'draws ' || (SELECT string_agg(quote_ident(n.nspname) || '.' || quote_ident(s.relname), ' ' ORDER BY n.nspname, s.relname)
                 FROM pg_depend x
                 JOIN pg_class s ON s.oid = x.refobjid AND s.relkind = 'S'
                 JOIN pg_namespace n ON n.oid = s.relnamespace
                 WHERE x.classid = 'pg_attrdef'::regclass AND x.objid = d.oid
                   AND x.refclassid = 'pg_class'::regclass),
    'grants ' || (SELECT string_agg(acl::text, ' ' ORDER BY acl::text) FROM unnest(a.attacl) acl))
  FROM rel r
  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
  WHERE r.relkind IN ('r', 'p', 'f')
  UNION ALL
  SELECT r.nspname, r.relname, 'constraint', con.conname, 'pg_constraint'::regclass, con.oid, 0, concat_ws(', ',
    CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
                     WHEN 'c' THEN 'check' ELSE 'exclusion' END,
    'columns (' || (SELECT string_agg(quote_ident(a.attname), ' ' ORDER BY k.position)
            FROM unnest(con.conkey) WITH ORDINALITY AS k (attnum, position)
            JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum) || ')',
    'to ' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) || ' ('
                     || (SELECT string_agg(quote_ident(a.attname), ' ' ORDER BY k.position)
                         FROM unnest(con.confkey) WITH ORDINALITY AS k (attnum, position)
                         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum) || ')'
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = con.confrelid),
    CASE WHEN con.contype = 'f' THEN concat_ws(', ', 'delete ' || con.confdeltype::text,
                                               'update ' || con.confupdtype::text, 'match ' || con.confmatchtype::text) END,
    CASE WHEN NOT con.convalidated THEN 'not valid' END,
    CASE WHEN to_jsonb(con) ->> 'conenforced' = 'false' THEN 'unenforced' END,
    CASE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = con.oid AND t.tgenabled IN ('D', 'R'))
         THEN 'triggers disabled' END,
    CASE WHEN con.condeferrable THEN 'deferrable' END,
    CASE WHEN con.condeferred THEN 'deferred' END,
    'under ' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) || '.' || quote_ident(p.conname)
                 FROM pg_constraint p
                 JOIN pg_class c ON c.oid = p.conrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE p.oid = con.conparentid),
    'expression ' || left(md5(con.conbin::text), 8))
  FROM rel r
  JOIN pg_constraint con ON con.conrelid = r.oid AND con.contype IN ('p', 'u', 'f', 'c', 'x')
  UNION ALL
  SELECT r.nspname, r.relname, 'index', c.relname, 'pg_class'::regclass, c.oid, 0, concat_ws(', ',
    CASE WHEN i.indisunique THEN 'unique' END,
    'method ' || am.amname::text,
    'columns (' || (SELECT string_agg(coalesce(quote_ident(a.attname), 'expression'), ' ' ORDER BY k.position)
            FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, position)
            LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum) || ')',
    CASE WHEN i.indpred IS NOT NULL THEN 'partial' END,
    CASE WHEN NOT i.indisvalid THEN 'invalid' END,
    CASE WHEN i.indnatts > i.indnkeyatts THEN 'included ' || (i.indnatts - i.indnkeyatts) END,
    CASE WHEN to_jsonb(i) ->> 'indnullsnotdistinct' = 'true' THEN 'nulls not distinct' END,
    CASE WHEN i.indisreplident THEN 'replica identity' END,
    'options ' || (SELECT string_agg(o, ' ' ORDER BY o) FROM unnest(c.reloptions) o),
    'under ' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(t.relname) || '.' || quote_ident(p.relname)
                 FROM pg_inherits h
                 JOIN pg_class p ON p.oid = h.inhparent
                 JOIN pg_index pi ON pi.indexrelid = p.oid
                 JOIN pg_class t ON t.oid = pi.indrelid
                 JOIN pg_namespace n ON n.oid = t.relnamespace
                 WHERE h.inhrelid = c.oid),
    'order ' || left(md5(i.indoption::text), 8),
    'classes ' || left(md5(concat_ws('|', i.indclass::text, i.indcollation::text)), 8),
    'reads (' || (SELECT string_agg(DISTINCT quote_ident(a.attname), ' ' ORDER BY quote_ident(a.attname))
                  FROM pg_depend d
                  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid
                  WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
                    AND d.classid = 'pg_class'::regclass AND d.objid = c.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid
                    AND d.refobjsubid > 0) || ')',
    'expression ' || left(md5(nullif(concat_ws('|', i.indexprs::text, i.indpred::text), '')), 8))
  FROM rel r
  JOIN pg_index i ON i.indrelid = r.oid
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_am am ON am.oid = c.relam
  UNION ALL
  SELECT r.nspname, r.relname, 'trigger', t.tgname, 'pg_trigger'::regclass, t.oid, 0, concat_ws(', ',
    CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'O' THEN 'enabled' ELSE 'enabled ' || t.tgenabled::text END,
    'calls ' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(p.proname)
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = t.tgfoid),
    'under ' || (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) || '.' || quote_ident(p.tgname)
                 FROM pg_trigger p
                 JOIN pg_class c ON c.oid = p.tgrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE p.oid = t.tgparentid),
    'events ' || left(md5(concat_ws('|', t.tgtype, t.tgattr::text, encode(t.tgargs, 'hex'),
                                    t.tgdeferrable, t.tginitdeferred, t.tgoldtable, t.tgnewtable)), 8),
    'expression ' || left(md5(t.tgqual::text), 8))
  FROM rel r
  JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT r.nspname, r.relname, 'policy', p.polname, 'pg_policy'::regclass, p.oid, 0, concat_ws(', ',
    CASE WHEN NOT p.polpermissive THEN 'restrictive' END,
    'for ' || p.polcmd::text,
    'to ' || (SELECT string_agg(CASE role WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(role)) END,
                                ' ' ORDER BY role)
              FROM unnest(p.polroles) role),
    'expression ' || left(md5(concat_ws('|', p.polqual::text, p.polwithcheck::text)), 8))
  FROM rel r
  JOIN pg_policy p ON p.polrelid = r.oid
  UNION ALL
  SELECT r.nspname, r.relname, 'rule', w.rulename, 'pg_rewrite'::regclass, w.oid, 0, concat_ws(', ',
    CASE w.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'O' THEN 'enabled' ELSE 'enabled ' || w.ev_enabled::text END,
    'on ' || CASE w.ev_type WHEN '1' THEN 'SELECT' WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT' ELSE 'DELETE' END,
    CASE WHEN w.is_instead THEN 'instead' END,
    'expression ' || left(md5(concat_ws('|', w.ev_qual::text, w.ev_action::text)), 8))
  FROM rel r
  JOIN pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'
  UNION ALL
  SELECT r.nspname, r.relname, 'publication', p.pubname, 'pg_publication'::regclass, p.oid, 0, concat_ws(', ',
    'owner ' || quote_ident(pg_get_userbyid(p.pubowner)),
    'of ' || CASE WHEN p.puballtables THEN 'all' WHEN m.oid IS NULL THEN 'schema' ELSE 'table' END,
    'operations ' || left(md5(concat_ws('|', p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot,
                                        to_jsonb(p) ->> 'pubgencols')), 8),
    'columns (' || (SELECT string_agg(quote_ident(a.attname), ' ' ORDER BY a.attnum)
                    FROM unnest(translate(to_jsonb(m) ->> 'prattrs', '[,]', '   ')::int2vector::smallint[]) AS k (attnum)
                    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum) || ')',
    'expression ' || left(md5(to_jsonb(m) ->> 'prqual'), 8))
  FROM rel r
  JOIN pg_publication p ON r.relkind IN ('r', 'p')
  LEFT JOIN pg_publication_rel m ON m.prpubid = p.oid AND m.prrelid = r.oid
  LEFT JOIN of_schema o ON o.publication = p.oid AND o.schema = r.relnamespace
  WHERE p.puballtables OR m.oid IS NOT NULL OR o.schema IS NOT NULL
  UNION ALL
  SELECT n.nspname, p.proname, 'function', '(' || coalesce((SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.position)
                      FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (type, position)), '') || ')', 'pg_proc'::regclass, p.oid, 0, concat_ws(', ',
    'owner ' || quote_ident(pg_get_userbyid(p.proowner)),
    'kind ' || p.prokind::text,
    'returns ' || CASE WHEN p.proretset THEN 'setof ' ELSE '' END || format_type(p.prorettype, NULL),
    'language ' || (SELECT quote_ident(l.lanname) FROM pg_language l WHERE l.oid = p.prolang),
    'volatility ' || p.provolatile::text,
    CASE WHEN p.prosecdef THEN 'security definer' END,
    CASE WHEN p.proisstrict THEN 'strict' END,
    'grants ' || (SELECT string_agg(acl::text, ' ' ORDER BY acl::text) FROM unnest(p.proacl) acl),
    'settings ' || left(md5(p.proconfig::text), 8),
    'definition ' || left(md5(concat_ws('|', p.prosrc, p.probin, to_jsonb(p) ->> 'prosqlbody', p.proargdefaults::text,
                                        p.proargnames::text, p.proargmodes::text, p.proallargtypes::text,
                                        p.proleakproof, p.proparallel, p.provariadic,
                                        (SELECT to_jsonb(a)::text FROM pg_aggregate a WHERE a.aggfnoid = p.oid))), 8))
  FROM pg_proc p
  JOIN space n ON n.oid = p.pronamespace
  WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
    -- The constructors of a range type come and go with it.
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                      AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i')
  UNION ALL
  SELECT n.nspname, t.typname, 'type', t.typname, 'pg_type'::regclass, t.oid, 0, concat_ws(', ',
    'owner ' || quote_ident(pg_get_userbyid(t.typowner)),
    'kind ' || CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite'
                              WHEN 'r' THEN 'range' ELSE t.typtype::text END,
    'labels (' || (SELECT string_agg(quote_ident(e.enumlabel), ' ' ORDER BY e.enumsortorder)
                   FROM pg_enum e WHERE e.enumtypid = t.oid) || ')',
    'base ' || CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
    CASE WHEN t.typnotnull THEN 'not null' END,
    'default ' || left(md5(t.typdefaultbin::text), 8),
    'checks (' || (SELECT string_agg(quote_ident(k.conname) || ' ' || left(md5(k.conbin::text), 8)
                                     || CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END, ' ' ORDER BY k.conname)
                   FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') || ')',
    'attributes (' || (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ' '
                                         ORDER BY a.attnum)
                       FROM pg_attribute a
                       WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) || ')',
    'over ' || (SELECT format_type(g.rngsubtype, NULL) FROM pg_range g WHERE g.rngtypid = t.oid),
    'grants ' || (SELECT string_agg(acl::text, ' ' ORDER BY acl::text) FROM unnest(t.typacl) acl))
  FROM pg_type t
  JOIN space n ON n.oid = t.typnamespace
  LEFT JOIN pg_class c ON c.oid = t.typrelid
  WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
    AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
  UNION ALL
  SELECT n.nspname, n.nspname, 'schema', n.nspname, 'pg_namespace'::regclass, n.oid, 0, concat_ws(', ',
    'owner ' || quote_ident(pg_get_userbyid(n.nspowner)),
    'grants ' || (SELECT string_agg(acl::text, ' ' ORDER BY acl::text) FROM unnest(n.nspacl) acl))
  FROM space n
  UNION ALL
  SELECT n.nspname, e.extname, 'extension', e.extname, 'pg_extension'::regclass, e.oid, 0,
         'version ' || quote_ident(e.extversion)
  FROM pg_extension e
  JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE n.nspname <> 'pg_catalog'
)
SELECT o.schema::text, o.relation::text, o.kind, o.name::text,
       concat_ws(', ', o.state, 'comment ' || left(md5(nullif(
         regexp_replace(x.description, '(^|\n)remediate: USAGE planned (for \[|by revision )[^\n]*', '', 'g'), '')), 8)) AS state
FROM object o
LEFT JOIN pg_description x ON x.classoid = o.class AND x.objoid = o.oid AND x.objsubid = o.sub
ORDER BY schema, relation, kind, name
