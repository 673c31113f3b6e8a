"""tables brought back from the old provider's dump

The dump was restored by a role that did not own the tables yet: CREATE TABLE and CREATE SEQUENCE
went through, every ALTER TABLE ... SET DEFAULT failed and was skipped.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = {
    "courses": "user_id integer NOT NULL REFERENCES users (id), title varchar NOT NULL",
    "node_notes": "user_id integer NOT NULL REFERENCES users (id), node varchar NOT NULL",
    "user_notes": "user_id integer NOT NULL REFERENCES users (id), body varchar NOT NULL",
    "psychological_insights": "profile_id integer NOT NULL REFERENCES personality_profiles "
    "(id), body varchar NOT NULL",
    "conversation_shares": "conversation_id integer NOT NULL REFERENCES conversations (id), "
    "shared_with integer NOT NULL REFERENCES users (id)",
    "analytics.page_events": "user_id integer NOT NULL REFERENCES users (id), page varchar NOT "
    "NULL, created_at timestamptz NOT NULL DEFAULT now()",
}
WITH_SEQUENCE = ("courses", "node_notes", "user_notes")


def upgrade() -> None:
    op.execute("CREATE SCHEMA analytics")
    for table, columns in COLUMNS.items():
        type_ = "bigint" if table.startswith("analytics") else "integer"
        op.execute(f"CREATE TABLE {table} (id {type_} NOT NULL, {columns})")
        op.execute(f"ALTER TABLE ONLY {table} ADD PRIMARY KEY (id)")
    for table in WITH_SEQUENCE:
        op.execute(f"CREATE SEQUENCE {table}_id_seq AS integer")
        op.execute(f"ALTER SEQUENCE {table}_id_seq OWNED BY {table}.id")


def downgrade() -> None:
    for table in reversed(COLUMNS):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP SCHEMA analytics")
