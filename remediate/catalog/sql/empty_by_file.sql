-- For a role that may read the size of a file: no table is opened for that.
(pg_stat_file(pg_relation_filepath(c.oid), true)).size = 0
