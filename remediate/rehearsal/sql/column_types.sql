SELECT given.name, attname::text, format_type(atttypid, atttypmod)
FROM unnest(%s::text[]) AS given(name)
JOIN pg_attribute ON attrelid = to_regclass(given.name) AND attnum > 0 AND NOT attisdropped
