"""MD006: models that Alembic never sees."""

import sqlalchemy as sa

from remediate.project import models
from remediate.project.metadatas import Discovery, ProjectMetadata
from remediate.rules.models.metadata_untracked import RULE
from remediate.snapshots.live import Live
from tests.support import helpers


def sentences(*, tracked: bool) -> list[str]:
    """What is said of two MetaData of which the second has a table."""
    base, other = sa.MetaData(), sa.MetaData()
    sa.Table("t", other, sa.Column("id", sa.Integer, primary_key=True))
    found = [
        ProjectMetadata(base, "app.Base.metadata", None, tracked=True),
        ProjectMetadata(other, "app.Other.metadata", None, tracked=tracked),
    ]
    return helpers.sentences(RULE, Live(), models.read(Discovery(tuple(found)), "public"))


def test_what_is_found() -> None:
    assert sentences(tracked=False) == [
        "app.Other.metadata has 1 table, but env.py does not pass it to Alembic"
    ]


def test_what_is_left_alone() -> None:
    assert sentences(tracked=True) == []
