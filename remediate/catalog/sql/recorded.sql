-- Whether Alembic has a table here under its usual name. Must run before search_path is changed.
SELECT to_regclass('alembic_version') IS NOT NULL AS exists
