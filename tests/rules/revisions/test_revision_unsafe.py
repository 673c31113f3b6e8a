"""MD008: revisions that have not run, and would break a key or a reference."""

import psycopg
import sqlalchemy as sa

from remediate.rules.revisions.revision_unsafe import RULE
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Revision
from remediate.snapshots.tables import Source
from tests.support import helpers

TABLE = "CREATE TABLE t (id serial PRIMARY KEY)"
REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "a"
down_revision = None


def upgrade():
    op.alter_column("t", "id", type_=sa.BigInteger())
    {more}


def downgrade():
    pass
"""


def sentences(url: sa.URL, more: str = "", heads: tuple[str, ...] = ()) -> list[str]:
    """What is said of a revision that gives a serial key another type."""
    revision = Revision("a", (), Source("a.py", 1), text=REVISION.format(more=more))
    declared = Declared(history=History((revision,), heads))
    return helpers.sentences(RULE, helpers.snapshot(url), declared)


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(TABLE)
    assert sentences(url) == [
        "t.id becomes bigint, but its sequence stays integer: after 2147483647 every INSERT "
        "without a key fails (2200H)"
    ]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(TABLE)
    assert sentences(url, 'op.execute("ALTER SEQUENCE t_id_seq AS bigint")') == []
    assert sentences(url, heads=("a",)) == []  # it has run
