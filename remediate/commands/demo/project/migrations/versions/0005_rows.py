"""rows with the ids of the old provider, and rights

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

USERS = 5
OF_USERS = {
    "user_profiles": "headline",
    "user_notes": "body",
    "user_embeddings": "model",
    "conversation_categories": "label",
    "user_journey_milestones": "step",
    "courses": "title",
    "node_notes": "node",
    "saved_recommendations": "job_title",
    "self_reflections": "answer",
    "personality_profiles": "kind",
    "career_goals": "title",
    "analytics.page_events": "page",
}
OF_CONVERSATIONS = {"conversation_logs": "line", "tool_invocations": "tool"}
NUMBERED = {"user_chat_analytics": "messages", "career_signals": "weight"}
ROLES = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, analytics TO career_app"
)


def upgrade() -> None:
    execute = op.execute
    execute(
        f"INSERT INTO users (id, email, full_name) SELECT n, 'user' || n || '@example.org', "
        f"'User ' || n FROM generate_series(1, {USERS}) n"
    )
    for table, column in OF_USERS.items():
        execute(f"INSERT INTO {table} (id, user_id, {column}) SELECT id, id, 'old' FROM users")
    for table, column in NUMBERED.items():
        execute(f"INSERT INTO {table} (id, user_id, {column}) SELECT id, id, 1 FROM users")
    execute("INSERT INTO user_skills SELECT 10 * id, id, 'sql', 3 FROM users")
    execute('INSERT INTO "UserFeedback" SELECT id, id, 5 FROM users')
    execute("INSERT INTO industries SELECT id, full_name FROM users")
    execute("INSERT INTO skill_trees SELECT id, full_name FROM users")
    execute("INSERT INTO tree_paths SELECT id, id, id FROM users")
    execute("INSERT INTO career_milestones SELECT id, id, 'old' FROM users")
    execute("INSERT INTO conversations (id, user_id) SELECT id, id FROM users")
    execute("INSERT INTO chat_messages SELECT id, id, 'user', 'old' FROM users")
    execute("INSERT INTO message_components SELECT id, id, 'text' FROM users")
    execute("INSERT INTO conversation_shares SELECT id, id, id FROM users")
    execute("INSERT INTO psychological_insights SELECT id, id, 'old' FROM users")
    for table, column in OF_CONVERSATIONS.items():
        execute(
            f"INSERT INTO {table} (id, conversation_id, {column}) SELECT id, id, 'old' FROM users"
        )
    for table in ("conversations", "personality_profiles"):
        execute(f"SELECT setval('{table}_id_seq', {USERS})")
    execute("GRANT USAGE ON SCHEMA analytics TO career_app")
    execute(ROLES)
    execute(
        "GRANT USAGE ON SEQUENCE conversations_id_seq, personality_profiles_id_seq, "
        "job_postings_number_seq TO career_app"
    )
    execute("GRANT INSERT ON goal_entry TO career_intake")


def downgrade() -> None:
    op.execute("REVOKE ALL ON goal_entry FROM career_intake")
    op.execute(ROLES.replace("GRANT", "REVOKE").replace(" TO ", " FROM "))
    op.execute("TRUNCATE users, industries, skill_trees CASCADE")
