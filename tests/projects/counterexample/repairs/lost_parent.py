"""follows a revision that nobody has

Revision ID: lost_parent
Revises: 9f3c1e77aa10
"""

from alembic import op

revision = "lost_parent"
down_revision = "9f3c1e77aa10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("LOCK TABLE node_notes IN ACCESS EXCLUSIVE MODE")
    op.execute("CREATE SEQUENCE node_notes_id_seq AS integer OWNED BY node_notes.id")
    op.execute(
        "SELECT setval('node_notes_id_seq', COALESCE(MAX(id), 0) + 1, false) FROM node_notes"
    )
    op.execute("ALTER TABLE node_notes ALTER COLUMN id SET DEFAULT nextval('node_notes_id_seq')")


def downgrade() -> None:
    op.execute("ALTER TABLE node_notes ALTER COLUMN id DROP DEFAULT")
    op.execute("DROP SEQUENCE node_notes_id_seq")
