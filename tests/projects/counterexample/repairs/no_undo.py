"""has no way back

Revision ID: no_undo
Revises: 0001
"""

from alembic import op

revision = "no_undo"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("LOCK TABLE user_notes IN ACCESS EXCLUSIVE MODE")
    op.execute("CREATE SEQUENCE user_notes_id_seq AS integer OWNED BY user_notes.id")
    op.execute(
        "SELECT setval('user_notes_id_seq', COALESCE(MAX(id), 0) + 1, false) FROM user_notes"
    )
    op.execute("ALTER TABLE user_notes ALTER COLUMN id SET DEFAULT nextval('user_notes_id_seq')")


def downgrade() -> None:
    op.execute("SELECT 1")
