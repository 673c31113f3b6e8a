import os

from models import Base
from alembic import context
from sqlalchemy import create_engine, pool

config = context.config


def include_name(name, type_, parent_names):
    """Not the schema of somebody else, nor tables that another tool makes."""
    if type_ == "schema":
        return name in (None, "billing")
    if type_ == "table":
        assert parent_names["schema_qualified_table_name"].endswith(name)
        return not name.startswith("celery_")
    return True


def include_object(object, name, type_, reflected, compare_to):
    """Not what the models mark as somebody else's, nor tables without a model that are a cache."""
    if type_ == "table" and reflected:
        return compare_to is not None or "cached_at" not in object.columns
    if type_ == "table" and compare_to is not None:
        assert compare_to.columns.keys() == object.columns.keys()
    return object.info.get("managed", True)


engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        include_name=include_name,
        include_object=include_object,
    )
    with context.begin_transaction():
        context.run_migrations()
