"""conversations, profiles, jobs

The only revision of this project that leaves the keys to SQLAlchemy: two of them are SERIAL.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def user() -> sa.Column:
    return sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer, primary_key=True),
        user(),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
    )
    op.create_table(
        "personality_profiles",
        sa.Column("id", sa.Integer, primary_key=True),
        user(),
        sa.Column("kind", sa.String, nullable=False),
    )
    op.create_table("api_sessions", sa.Column("id", sa.Uuid, primary_key=True), user())
    op.create_table(
        "feature_flags",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
    )
    op.execute("CREATE SEQUENCE job_postings_number_seq")
    op.create_table(
        "job_postings",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("title", sa.String, nullable=False),
    )
    op.create_table(
        "user_saved_jobs",
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("job_number", sa.Integer, sa.ForeignKey("job_postings.number"), primary_key=True),
    )


def downgrade() -> None:
    for table in ("user_saved_jobs", "job_postings"):
        op.drop_table(table)
    op.execute("DROP SEQUENCE job_postings_number_seq")
    for table in ("feature_flags", "api_sessions", "personality_profiles", "conversations"):
        op.drop_table(table)
