"""Read the Alembic project: env.py, models, filters, history."""
