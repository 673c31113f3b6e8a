"""say nothing about users"""

from alembic import op

revision = "a2"
down_revision = "a1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("COMMENT ON COLUMN users.name IS NULL")


def downgrade() -> None:
    pass
