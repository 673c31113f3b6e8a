"""Approved items become Alembic files and psql scripts: drafted, staged, landed."""
