"""tables from the DDL of a prototype"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE customers (id integer PRIMARY KEY, name varchar(50))")
    op.execute(
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers)"
    )
    op.execute("CREATE TABLE reports (id integer PRIMARY KEY, title varchar(50))")


def downgrade() -> None:
    op.execute("DROP TABLE orders, customers, reports")
