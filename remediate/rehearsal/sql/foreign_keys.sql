-- The foreign keys of these tables, each with its parent and the pairs of columns; whether MATCH FULL.
SELECT given.name, n.nspname::text, p.relname::text,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number
             ORDER BY place),
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number
             ORDER BY place),
       k.confmatchtype = 'f'
FROM unnest(%s::text[]) AS given(name)
JOIN pg_constraint k ON k.conrelid = to_regclass(given.name) AND k.contype = 'f'
JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
ORDER BY k.conname
