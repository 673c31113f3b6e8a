"""forgets setval

Revision ID: behind
Revises: 0001
"""

from alembic import op

revision = "behind"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("LOCK TABLE career_goals IN ACCESS EXCLUSIVE MODE")
    op.execute("CREATE SEQUENCE career_goals_id_seq AS integer OWNED BY career_goals.id")
    op.execute(
        "ALTER TABLE career_goals ALTER COLUMN id SET DEFAULT nextval('career_goals_id_seq')"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE career_goals ALTER COLUMN id DROP DEFAULT")
    op.execute("DROP SEQUENCE career_goals_id_seq")
