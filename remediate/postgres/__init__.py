"""Reach PostgreSQL safely: SQL text, connections, client programs, templates."""
