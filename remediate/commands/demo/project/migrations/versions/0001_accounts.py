"""accounts and goals, from the DDL file of the first prototype

Revision ID: 0001
Revises:
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Written by hand for another database, where INTEGER PRIMARY KEY counts by itself.
DDL = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(320) NOT NULL CONSTRAINT users_email_key UNIQUE,
    full_name VARCHAR(200) NOT NULL, created_at TIMESTAMPTZ NOT NULL DEFAULT now());
CREATE TABLE user_profiles (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), headline VARCHAR NOT NULL);
CREATE TABLE user_skills (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), skill VARCHAR NOT NULL, level INTEGER NOT NULL);
CREATE TABLE career_goals (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), title VARCHAR NOT NULL, due DATE);
CREATE TABLE career_milestones (id INTEGER PRIMARY KEY, goal_id INTEGER NOT NULL REFERENCES career_goals (id), title VARCHAR NOT NULL);
CREATE TABLE user_journey_milestones (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), step VARCHAR NOT NULL);
CREATE TABLE saved_recommendations (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), job_title VARCHAR NOT NULL);
CREATE TABLE career_signals (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), weight DOUBLE PRECISION NOT NULL);
CREATE TABLE self_reflections (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), answer VARCHAR NOT NULL);
CREATE TABLE user_embeddings (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), model VARCHAR NOT NULL);
CREATE TABLE skill_trees (id INTEGER PRIMARY KEY, title VARCHAR NOT NULL);
CREATE TABLE tree_paths (id INTEGER PRIMARY KEY, tree_id INTEGER NOT NULL REFERENCES skill_trees (id), user_id INTEGER NOT NULL REFERENCES users (id));
CREATE TABLE industries (id SMALLINT PRIMARY KEY, title VARCHAR NOT NULL);
CREATE TABLE "UserFeedback" ("Id" INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), stars INTEGER NOT NULL);
CREATE VIEW goal_entry AS SELECT id, user_id, title FROM career_goals;
"""


def upgrade() -> None:
    for statement in DDL.split(";\n")[:-1]:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP VIEW goal_entry")
    for line in reversed(DDL.splitlines()):
        if line.startswith("CREATE TABLE"):
            op.execute(f"DROP TABLE {line.split()[2]}")
