"""undoes itself with CASCADE

Revision ID: cascade
Revises: 0001
"""

from alembic import op

revision = "cascade"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("LOCK TABLE courses IN ACCESS EXCLUSIVE MODE")
    op.execute("CREATE SEQUENCE courses_id_seq AS integer OWNED BY courses.id")
    op.execute("SELECT setval('courses_id_seq', COALESCE(MAX(id), 0) + 1, false) FROM courses")
    op.execute("ALTER TABLE courses ALTER COLUMN id SET DEFAULT nextval('courses_id_seq')")


def downgrade() -> None:
    op.execute("ALTER TABLE courses ALTER COLUMN id DROP DEFAULT")
    op.execute("DROP SEQUENCE courses_id_seq CASCADE")
