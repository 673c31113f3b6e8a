"""names a table that is not there

Revision ID: wrong_table
Revises: 0001
"""

from alembic import op

revision = "wrong_table"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE reflections_id_seq AS integer")
    op.execute("ALTER TABLE reflections ALTER COLUMN id SET DEFAULT nextval('reflections_id_seq')")


def downgrade() -> None:
    op.execute("ALTER TABLE reflections ALTER COLUMN id DROP DEFAULT")
    op.execute("DROP SEQUENCE reflections_id_seq")
