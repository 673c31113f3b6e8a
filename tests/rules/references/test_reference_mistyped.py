"""FK003: columns that mean a key, and cannot reference it as they are."""

import sqlalchemy as sa

from remediate.rules.references.reference_mistyped import RULE
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table("p", MODELS, sa.Column("id", sa.Integer, primary_key=True))
sa.Table(
    "c",
    MODELS,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id")),
)

FOUND = """
CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id varchar(9));
"""
LEFT_ALONE = """
CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id bigint);
CREATE TABLE external (id serial PRIMARY KEY, stripe_id text);  -- somebody else's ids
INSERT INTO external (stripe_id) SELECT 'cus_' || n FROM generate_series(1, 50) n;
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.c.p_id is character varying(9) and means public.p.id (integer): the models declare the reference",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []
