"""The Alembic project read: env.py, models, filters, history."""
