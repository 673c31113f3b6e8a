-- Those that fire on DDL of a session with session_replication_role = origin, in the order in which
-- they fire. An extension brings its own with it.
SELECT t.evtname::text,
    t.evtevent::text || coalesce(': ' || array_to_string(t.evttags, ', '), '')
FROM pg_catalog.pg_event_trigger t
WHERE t.evtevent <> 'login' AND t.evtenabled IN ('O', 'A')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass AND d.objid = t.oid
      AND d.deptype = 'e'
  )
ORDER BY t.evtname
