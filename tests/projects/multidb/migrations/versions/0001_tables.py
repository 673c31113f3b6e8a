"""tables from the DDL of a prototype"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade(engine_name: str) -> None:
    globals()[f"upgrade_{engine_name}"]()


def downgrade(engine_name: str) -> None:
    globals()[f"downgrade_{engine_name}"]()


def upgrade_engine1() -> None:
    op.execute("CREATE TABLE users (id integer PRIMARY KEY, name varchar(50))")


def downgrade_engine1() -> None:
    op.execute("DROP TABLE users")


def upgrade_engine2() -> None:
    op.execute("CREATE TABLE events (id integer PRIMARY KEY, what varchar(50))")


def downgrade_engine2() -> None:
    op.execute("DROP TABLE events")
