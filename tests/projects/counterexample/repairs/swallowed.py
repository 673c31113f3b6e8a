"""goes on after an error

Revision ID: swallowed
Revises: 0001
"""

from alembic import op

revision = "swallowed"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("nothing", "id"):
        try:
            op.execute(f"COMMENT ON COLUMN courses.{column} IS 'the key'")
        except Exception as e:
            print(f"warning: {column}: {e}")
        print(f"success: {column}")


def downgrade() -> None:
    op.execute("COMMENT ON COLUMN courses.id IS NULL")
