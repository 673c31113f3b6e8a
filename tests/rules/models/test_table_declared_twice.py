"""MD007: one table that several MetaData declare differently."""

import sqlalchemy as sa

from remediate.project import models
from remediate.project.metadatas import Discovery, ProjectMetadata
from remediate.rules.models.table_declared_twice import RULE
from remediate.snapshots.live import Live
from tests.support import helpers


def sentences(*types: type[sa.Integer]) -> list[str]:
    """What is said of a table whose column has another of these types in each MetaData."""
    found = []
    for number, type_ in enumerate(types):
        metadata = sa.MetaData()
        sa.Table(
            "t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", type_)
        )
        found.append(ProjectMetadata(metadata, f"m{number}", None, tracked=True))
    return helpers.sentences(RULE, Live(), models.read(Discovery(tuple(found)), "public"))


def test_what_is_found() -> None:
    assert sentences(sa.Integer, sa.BigInteger) == [
        "public.t is declared 2 times, differently: m0 and m1"
    ]


def test_what_is_left_alone() -> None:
    assert sentences(sa.Integer, sa.Integer) == sentences(sa.Integer) == []
