"""PostgreSQL read: the catalog, values, writers, dependants."""
