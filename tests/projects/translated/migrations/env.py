"""The models name schemas that stand for others: those of the tenant."""

import os

from alembic import context
from sqlalchemy import create_engine, pool

from models import Base

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    tenant = connection.execution_options(
        schema_translate_map={None: "acme", "shared": "acme_shared"}
    )
    context.configure(
        connection=tenant, target_metadata=Base.metadata, version_table_schema="books"
    )
    with context.begin_transaction():
        context.run_migrations()
