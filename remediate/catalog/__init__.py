"""Read PostgreSQL: the catalog, values, writers, dependants."""
