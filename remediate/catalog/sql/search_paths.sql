-- The roles with a search_path of their own in this database: it resolves unqualified names.
SELECT pg_get_userbyid(s.setrole)::text AS role,
       (SELECT substr(setting, length('search_path=') + 1)
        FROM unnest(s.setconfig) AS setting WHERE starts_with(setting, 'search_path=')) AS path
FROM pg_db_role_setting s
WHERE s.setrole <> 0
  AND (s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND EXISTS (SELECT FROM unnest(s.setconfig) AS setting WHERE starts_with(setting, 'search_path='))
ORDER BY s.setdatabase = 0, role
