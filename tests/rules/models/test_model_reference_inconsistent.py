"""MD003: ForeignKeys of models whose type is not that of their target."""

import sqlalchemy as sa

from remediate.rules.models.model_reference_inconsistent import RULE
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table("p", MODELS, sa.Column("id", sa.Integer, primary_key=True))
sa.Table(
    "c",
    MODELS,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("p_id", sa.Uuid, sa.ForeignKey("p.id")),
    sa.Column("same", sa.BigInteger, sa.ForeignKey("p.id")),
    sa.Column("of_its_key", None, sa.ForeignKey("p.id")),
)

FOUND = """
CREATE TABLE other (id integer PRIMARY KEY);
"""
LEFT_ALONE = """
CREATE TABLE c (id serial PRIMARY KEY, p_id uuid);  -- the database knows the column, and decides
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.c.p_id is uuid in its model, but public.p.id, which it references, is integer",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []
