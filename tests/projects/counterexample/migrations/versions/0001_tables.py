"""tables of the career guide, from a dump that had lost its sequences

Revision ID: 0001
Revises:
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("user_skills", "career_goals", "courses", "self_reflections", "node_notes", "user_notes")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, body VARCHAR NOT NULL)")
        op.execute(f"INSERT INTO {table} SELECT n, 'text' FROM generate_series(1, 40) AS n")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
