"""MD008: revisions that have not run, and would break a key or a reference."""

import psycopg
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.rules.revisions.revision_unsafe import RULE
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
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


def test_what_the_projects_driver_refuses(url: sa.URL) -> None:
    text = REVISION.format(more='op.execute("CREATE SCHEMA a; CREATE SCHEMA b")')
    revision = Revision("a", (), Source("a.py", 1), text=text)
    for driver, said in (("asyncpg", 1), ("psycopg2", 0)):
        declared = Declared(history=History((revision,), (), driver=driver))
        found = helpers.sentences(RULE, helpers.snapshot(url), declared)
        assert sum("2 statements in one execute" in one for one in found) == said


def test_what_may_well_be_right_is_information() -> None:
    made = 'op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("c", GUID()))'
    step = 'op.alter_column("u", "c", existing_type=sa.String(), type_=sa.Uuid())'
    text = REVISION.format(more=f"{made}\n    {step}")
    declared = Declared(history=History((Revision("a", (), Source("a.py", 1), text=text),)))
    found = [f for f in RULE.find(Live(), declared, Options()) if isinstance(f, Finding)]
    assert [(f.severity.value, f.confidence.value) for f in found] == [("info", "possible")]
