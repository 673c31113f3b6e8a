"""Runs a project's revisions on the engine that the rehearsal hands over, and on nothing else.

The project's own env.py is not used, so that no rehearsal can reach its database.
"""

from alembic import context

given = context.config.attributes
with given["engine"].connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True, **given["configure"])
    with context.begin_transaction():
        context.run_migrations(**given["arguments"])
