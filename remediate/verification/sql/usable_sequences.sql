SELECT bool_and(has_sequence_privilege(to_regclass(name), 'USAGE, UPDATE'))
FROM unnest(%s::text[]) AS name
