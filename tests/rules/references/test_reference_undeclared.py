"""FK004: columns that mean a key, and have no foreign key."""

import sqlalchemy as sa

from remediate.rules.references.reference_undeclared import RULE
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
CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id integer);
"""
LEFT_ALONE = """
CREATE TABLE p (id serial PRIMARY KEY);
CREATE TABLE c (id serial PRIMARY KEY, p_id integer REFERENCES p, parent_id integer);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.c.p_id means public.p.id, and no foreign key says so: the models declare the reference",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []
