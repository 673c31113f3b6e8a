-- The publications that say more than which rows are new or all gone, and what each says.
SELECT pubname::text, concat_ws(', ',
    CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END,
    CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END)
FROM pg_catalog.pg_publication
WHERE pubupdate OR pubdelete
