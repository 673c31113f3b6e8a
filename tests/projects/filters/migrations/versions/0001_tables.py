"""tables of this project, and of others"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA billing")
    op.execute("CREATE SCHEMA theirs")
    op.execute("CREATE TABLE users (id integer PRIMARY KEY, name varchar(50))")
    op.execute("CREATE TABLE billing.invoices (id integer PRIMARY KEY, name varchar(50))")
    op.execute("CREATE TABLE legacy (id integer PRIMARY KEY)")
    op.execute("CREATE TABLE celery_results (id integer PRIMARY KEY, name text)")
    op.execute("CREATE TABLE pages (id integer PRIMARY KEY, cached_at timestamp)")
    op.execute("CREATE TABLE theirs.things (id integer PRIMARY KEY, name text)")
    op.execute("CREATE TABLE billing.celery_jobs (id integer PRIMARY KEY, name text)")


def downgrade() -> None:
    op.execute("DROP TABLE users, legacy, celery_results, pages")
    op.execute("DROP SCHEMA billing CASCADE")
    op.execute("DROP SCHEMA theirs CASCADE")
