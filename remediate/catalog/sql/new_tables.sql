-- What of the names that new tables need is there: schemas, types (with an enum's labels), relations.
SELECT w.kind, w.schema, w.name,
       CASE w.kind
         WHEN 'schema' THEN to_regnamespace(w.spelled) IS NOT NULL
         WHEN 'relation' THEN to_regclass(w.spelled) IS NOT NULL
         ELSE to_regtype(w.spelled) IS NOT NULL
       END AS there,
       CASE WHEN w.kind = 'schema' THEN
         coalesce(has_schema_privilege(to_regnamespace(w.spelled), 'CREATE'), true)
       END AS may_create,
       CASE WHEN w.kind = 'type' THEN ARRAY(
         SELECT e.enumlabel::text FROM pg_enum e
         WHERE e.enumtypid = to_regtype(w.spelled) ORDER BY e.enumsortorder)
       END AS labels
FROM (VALUES {names}) AS w (kind, schema, name, spelled)
