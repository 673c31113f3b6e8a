"""Alembic sees Model.metadata only, which is how the drift came about."""

import os

from alembic import context
from sqlalchemy import create_engine, pool

from app.db import Model
from app.models import accounts, usage  # noqa: F401

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Model.metadata)
    with context.begin_transaction():
        context.run_migrations()
