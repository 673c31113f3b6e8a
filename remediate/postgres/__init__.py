"""PostgreSQL reached safely: SQL text, connections, client programs, templates."""
