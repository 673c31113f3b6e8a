"""a repair as it should be

Revision ID: correct
Revises: 0001
"""

from alembic import op

revision = "correct"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("LOCK TABLE user_skills IN ACCESS EXCLUSIVE MODE")
    op.execute("CREATE SEQUENCE user_skills_id_seq AS integer OWNED BY user_skills.id")
    op.execute(
        "SELECT setval('user_skills_id_seq', COALESCE(MAX(id), 0) + 1, false) FROM user_skills"
    )
    op.execute("ALTER TABLE user_skills ALTER COLUMN id SET DEFAULT nextval('user_skills_id_seq')")


def downgrade() -> None:
    op.execute("ALTER TABLE user_skills ALTER COLUMN id DROP DEFAULT")
    op.execute("DROP SEQUENCE user_skills_id_seq")
