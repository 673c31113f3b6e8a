"""users"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE acme.users (id integer PRIMARY KEY, name varchar(50))")
    op.execute("CREATE TABLE acme_shared.things (id integer PRIMARY KEY, name varchar(50))")


def downgrade() -> None:
    op.execute("DROP TABLE acme.users, acme_shared.things")
