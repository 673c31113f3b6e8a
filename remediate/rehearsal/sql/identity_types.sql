-- Sequences of identity columns that are of another type than their column: after ALTER SEQUENCE, or
-- ALTER TABLE in a release that left them alone. pg_dump prints the bounds, and no type
-- (dumpSequence() in pg_dump.c): restored, they are of the column's.
SELECT format('ALTER SEQUENCE IF EXISTS %I.%I AS %s MINVALUE %s MAXVALUE %s;', n.nspname, c.relname,
              format_type(s.seqtypid, NULL), s.seqmin, s.seqmax)
FROM pg_sequence s
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
  AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE a.atttypid <> s.seqtypid
ORDER BY 1
