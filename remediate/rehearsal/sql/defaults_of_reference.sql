-- What a foreign key references, column by column, and the default of what refers to that.
SELECT n.nspname::text, p.relname::text, target.attname::text, pg_get_expr(d.adbin, d.adrelid)
FROM pg_constraint k
JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS pair(mine, theirs, place)
JOIN pg_attribute target ON target.attrelid = k.confrelid AND target.attnum = pair.theirs
LEFT JOIN pg_attrdef d ON d.adrelid = k.conrelid AND d.adnum = pair.mine
WHERE k.contype = 'f' AND k.conname = %s AND k.conrelid = to_regclass(%s)
ORDER BY pair.place
