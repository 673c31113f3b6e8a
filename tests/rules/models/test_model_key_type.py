"""MD001: keys whose models say another type."""

import sqlalchemy as sa

from remediate.rules.models.model_key_type import RULE
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table("p", MODELS, sa.Column("id", sa.Uuid, primary_key=True))
sa.Table("q", MODELS, sa.Column("id", sa.BigInteger, primary_key=True))

FOUND = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE q (id integer PRIMARY KEY);
"""
LEFT_ALONE = """
CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE q (id bigint PRIMARY KEY);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.p.id is integer, and its model says uuid; the database following the models would "
        "rewrite 1 table with about 0 rows, and make 0 foreign keys anew",
        "public.q.id is integer, and its model says bigint",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []
