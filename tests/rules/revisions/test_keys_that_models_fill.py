"""MD008: a key that a revision creates without a generator, and what its model says of it."""

import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.project import models
from remediate.project.metadatas import Discovery, ProjectMetadata
from remediate.rules.revisions.revision_unsafe import RULE
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Source
from tests.commands.test_rehearsed_as_configured import rehearse, write
from tests.support.project import Project

REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "a"
down_revision = None


def upgrade():
    {step}


def downgrade():
    {back}
"""
BY_CALL = (
    'op.create_table("region", sa.Column("id", sa.BigInteger(), autoincrement=False), '
    'sa.Column("label", sa.Text()), sa.PrimaryKeyConstraint("id"), schema={schema!r})'
)
BY_SQL = 'op.execute("CREATE TABLE region (id bigint PRIMARY KEY, label text)")'
IN_GEO = BY_CALL.format(schema="geo")
BY_CALL = BY_CALL.format(schema=None)


def _found(step: str, *columns: sa.Column[int], schema: str | None = None) -> int:
    metadata = sa.MetaData()
    if columns:
        sa.Table("region", metadata, *columns, schema=schema)
    of_models = ProjectMetadata(metadata, "m", None, tracked=True)
    schema_of = "geo" if "geo" in step else None
    back = f'op.drop_table("region", schema={schema_of!r})'
    revision = Revision("a", (), Source("a.py", 1), text=REVISION.format(step=step, back=back))
    read = models.read(Discovery((of_models,)), "public")
    declared = Declared(tables=read.tables, history=History((revision,), ()))
    return sum(isinstance(v, Finding) for v in RULE.find(Live(), declared, Options()))


def _key(**said: object) -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, primary_key=True, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [BY_CALL, BY_SQL], ids=["call", "sql"])
def test_the_models_are_asked(step: str) -> None:
    assert _found(step) == 1  # nobody says more
    assert _found(step, _key()) == 1
    assert _found(step, _key(autoincrement=False)) == 0
    assert _found(step, _key(default=lambda: 7)) == 0


def test_of_the_schema_that_the_revision_names() -> None:
    assert _found(IN_GEO, _key(autoincrement=False)) == 1
    assert _found(IN_GEO, _key(autoincrement=False), schema="geo") == 0


PLACES = """\
import sqlalchemy as sa

metadata = sa.MetaData()
sa.Table("region", metadata, sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False))
sa.Table("town", metadata, sa.Column("id", sa.BigInteger, primary_key=True))
"""
MAKES = '    op.create_table("{0}", sa.Column("id", sa.BigInteger(), autoincrement=False, primary_key=True))\n'


@pytest.mark.project(models="from places import metadata", files={"places.py": PLACES})
def test_a_rehearsal_asks_them_too(project: Project) -> None:
    write(
        project,
        "both",
        MAKES.format("region") + MAKES.format("town"),
        '    op.drop_table("town")\n    op.drop_table("region")\n',
    )
    (one,) = rehearse(project, expected=4)["revisions"]
    assert [d["what"].partition(" is ")[0] for d in one["hazards"]] == ["town.id"]
