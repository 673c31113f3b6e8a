"""split the chat log into tables of their own

CREATE TABLE AS copies values and types, and neither defaults nor sequences.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REFERENCES = {"conversation_id": "conversations", "message_id": "chat_messages", "user_id": "users"}
TABLES = {
    "chat_messages": "id, conversation_id, 'user'::varchar AS sender, body",
    "message_components": "id, id AS message_id, 'text'::varchar AS kind",
    "conversation_logs": "id, conversation_id, body AS line",
    "tool_invocations": "id, conversation_id, 'search'::varchar AS tool",
    "conversation_categories": "id, user_id, 'general'::varchar AS label",
    "user_chat_analytics": "id, user_id, 1 AS messages",
}


def upgrade() -> None:
    op.execute(
        "CREATE TEMPORARY TABLE chat_log (id integer, user_id integer, conversation_id integer, "
        "body varchar)"
    )
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} AS SELECT {columns} FROM chat_log")
        op.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
        for column in columns.replace("id AS message_id", "message_id").split(", ")[1:]:
            name = column.split(" AS ")[-1]
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {name} SET NOT NULL")
            if name in REFERENCES:
                op.execute(
                    f"ALTER TABLE {table} ADD FOREIGN KEY ({name}) REFERENCES {REFERENCES[name]} "
                    "(id)"
                )
    op.execute("DROP TABLE chat_log")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
