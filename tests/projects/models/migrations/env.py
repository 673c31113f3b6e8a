import os

from models import everything
from alembic import context
from sqlalchemy import create_engine, pool

config = context.config

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=everything,
    )
    with context.begin_transaction():
        context.run_migrations()
