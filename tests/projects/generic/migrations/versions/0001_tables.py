"""tables from the DDL of a prototype"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE users (id integer PRIMARY KEY, name varchar(50))")
    op.execute("CREATE TABLE notes (id integer PRIMARY KEY, user_id integer REFERENCES users)")
    op.execute("CREATE INDEX ix_notes_user_id ON notes (user_id)")


def downgrade() -> None:
    op.execute("DROP TABLE notes")
    op.execute("DROP TABLE users")
