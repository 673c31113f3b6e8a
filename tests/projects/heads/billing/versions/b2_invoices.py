"""invoices, for users"""

from alembic import op

revision = "b2"
down_revision = "b1"
branch_labels = None
depends_on = "a1"


def upgrade() -> None:
    op.execute("CREATE TABLE invoices (id integer PRIMARY KEY, name varchar(50))")


def downgrade() -> None:
    op.execute("DROP TABLE invoices")
