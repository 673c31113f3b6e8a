-- How well the values of a column match the key that it may reference. A plan prints the statement, so
-- that a person can repeat it. Reads the column, or a sample of its pages, and the index of the key.
-- Waits for an ACCESS EXCLUSIVE lock on either table.
SELECT count(*) AS "values", count(*) FILTER (WHERE canonical) AS canonical,
       count(*) FILTER (WHERE shaped) AS shaped, count(key) AS convertible,
       count(*) FILTER (
         WHERE EXISTS (SELECT FROM {target} p WHERE p.{target_column} = key)) AS present,
       count(*) FILTER (WHERE {elsewhere}) AS elsewhere,
       (array_agg(DISTINCT masked) FILTER (WHERE key IS NULL))[1:3] AS samples
FROM (
  SELECT v, {canonical} AND {convertible} AS canonical, {shaped} AS shaped,
         CASE WHEN {convertible} THEN v::{type} END AS key, {masked} AS masked
  FROM (SELECT {column}::text COLLATE "C" AS v
        FROM {source} WHERE {column} IS NOT NULL{limit}) AS c
) AS s
