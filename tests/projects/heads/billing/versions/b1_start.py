"""start of the billing branch"""

revision = "b1"
down_revision = None
branch_labels = ("billing",)
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
