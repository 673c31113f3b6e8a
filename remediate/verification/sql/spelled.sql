-- Whether the code of a function holds this statement, word for word, though its quotes be doubled.
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_proc p, (SELECT %s::text AS statement) asked
  WHERE statement <> '' AND strpos(replace(p.prosrc, '''''', ''''), replace(statement, '''''', '''')) > 0)
