"""Runs the migrations of the career application on the database of DATABASE_URL."""

import os
from logging.config import fileConfig

from alembic import context
from career import Base
from sqlalchemy import create_engine, pool

fileConfig(context.config.config_file_name)
options = {"target_metadata": Base.metadata, "include_schemas": True}

if context.is_offline_mode():
    context.configure(
        url=os.environ["DATABASE_URL"],
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()
