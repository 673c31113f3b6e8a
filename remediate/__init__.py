"""Repair the keys of a PostgreSQL schema behind SQLAlchemy and Alembic."""

__version__ = "0.1.0"
