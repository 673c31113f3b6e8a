"""a table for each way"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TABLE decorated (id integer PRIMARY KEY, name varchar(50))")
    op.execute("CREATE TABLE varied (id bigint PRIMARY KEY, name varchar(50))")
    op.execute("CREATE TABLE dataclass (id integer PRIMARY KEY, name varchar(50))")
    op.execute("CREATE TABLE registered (id integer PRIMARY KEY, name varchar(50))")
    op.execute("CREATE TABLE hero (id integer PRIMARY KEY, name varchar(50))")


def downgrade() -> None:
    op.execute("DROP TABLE decorated, varied, dataclass, registered, hero")
