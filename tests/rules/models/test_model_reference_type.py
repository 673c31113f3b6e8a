"""MD002: columns that fit the key they mean, and whose models say another type."""

import sqlalchemy as sa

from remediate.rules.models.model_reference_type import RULE
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table(
    "c",
    MODELS,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("p_id", sa.Uuid),
)

FOUND = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id integer REFERENCES p);
"""
LEFT_ALONE = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id uuid);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.c.p_id holds public.p.id values (integer) as integer, but its model declares uuid",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []
