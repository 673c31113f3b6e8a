-- What ALTER DEFAULT PRIVILEGES gives with each sequence that a role creates; schema '': in all of them.
SELECT pg_get_userbyid(d.defaclrole)::text AS role, coalesce(n.nspname::text, '') AS schema,
       (SELECT coalesce(string_agg(acl::text, ' '), '') FROM unnest(d.defaclacl) acl) AS rights
FROM pg_default_acl d
LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
WHERE d.defaclobjtype = 'S'
ORDER BY 2, 1
