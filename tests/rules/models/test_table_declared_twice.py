"""MD007: one table that several MetaData declare differently."""

import sqlalchemy as sa

from remediate.rules.models.table_declared_twice import RULE
from remediate.snapshots.live import Live
from tests.support import helpers


def sentences(*types: type[sa.Integer]) -> list[str]:
    """What is said of a table whose column has another of these types in each MetaData."""
    metadatas = []
    for type_ in types:
        metadatas.append(metadata := sa.MetaData())
        sa.Table(
            "t", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", type_)
        )
    return helpers.sentences(RULE, Live(), helpers.declared(*metadatas))


def test_what_is_found() -> None:
    assert sentences(sa.Integer, sa.BigInteger) == [
        "public.t: two models define this table differently: m0 and m1"
    ]


def test_what_is_left_alone() -> None:
    assert sentences(sa.Integer, sa.Integer) == sentences(sa.Integer) == []
