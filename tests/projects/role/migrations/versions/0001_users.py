"""users"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE users (id serial PRIMARY KEY, name varchar(50))")
    op.execute("INSERT INTO users (name) VALUES ('Ann')")


def downgrade() -> None:
    op.execute("DROP TABLE users")
