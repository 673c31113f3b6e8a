"""users"""

from alembic import op

revision = "a1"
down_revision = None
branch_labels = ("main",)
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE users (id integer PRIMARY KEY, name varchar(50))")


def downgrade() -> None:
    op.execute("DROP TABLE users")
