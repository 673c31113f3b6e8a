-- CTEs for WITH RECURSIVE: columns by name, and the same columns in partitions and inheritance
-- children.
wanted AS MATERIALIZED (
  SELECT c.oid AS relid, a.attnum, n.nspname, c.relname, a.attname, c.relowner
  FROM (VALUES {places}) AS w (schema, relation, attribute)
  JOIN pg_namespace n ON n.nspname = w.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.relation
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.attribute AND NOT a.attisdropped
),
below AS (
  SELECT relid, attnum, relid AS here, attnum AS there, attname FROM wanted
  UNION
  SELECT below.relid, below.attnum, a.attrelid, a.attnum, a.attname
  FROM below
  JOIN pg_inherits h ON h.inhparent = below.here
  JOIN pg_attribute a ON a.attrelid = h.inhrelid AND a.attname = below.attname
)
