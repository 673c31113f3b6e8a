"""What it needs comes from everywhere: logging, options, -x, variables; each tenant has a schema."""

import os
from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine, pool, text

from models import Base

config = context.config
fileConfig(config.config_file_name)
print("migrating by", config.cmd_opts.config)
tenant = context.get_x_argument(as_dictionary=True)["tenant"]
extra = os.environ["SCHEMA_SUFFIX"]
verbose = getattr(config.cmd_opts, "verbose", False) or config.cmd_opts.raiseerr

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool, echo=verbose)
with engine.connect() as connection:
    connection.execute(text(f'SET search_path = "{tenant}{extra}"'))
    connection.commit()
    connection.dialect.default_schema_name = f"{tenant}{extra}"
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
