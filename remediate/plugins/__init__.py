"""Doors for other tools: Alembic's plugin and pytest's."""
