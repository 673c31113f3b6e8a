-- The foreign keys that refuse a DELETE at once, of what they refer to, with the index of its key.
SELECT n.nspname::text, c.relname::text, m.nspname::text, p.relname::text, (
    SELECT array_agg(ARRAY[one.attname::text, two.attname::text] ORDER BY u.place)
    FROM unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (conkey, confkey, place)
    JOIN pg_catalog.pg_attribute one ON one.attrelid = k.conrelid AND one.attnum = u.conkey
    JOIN pg_catalog.pg_attribute two ON two.attrelid = k.confrelid AND two.attnum = u.confkey
  ), k.conname::text, coalesce(x.relname::text, '')
FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class p ON p.oid = k.confrelid
JOIN pg_catalog.pg_namespace m ON m.oid = p.relnamespace
LEFT JOIN pg_catalog.pg_class x ON x.oid = k.conindid
WHERE k.contype = 'f' AND k.confdeltype IN ('a', 'r') AND NOT k.condeferred
  AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
  AND k.conparentid = 0 AND k.conrelid <> k.confrelid
