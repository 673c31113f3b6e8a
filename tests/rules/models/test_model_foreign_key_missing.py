"""MD004: foreign keys of several columns that only the models have."""

import sqlalchemy as sa

from remediate.rules.models.model_foreign_key_missing import RULE
from tests.support import helpers

MODELS = sa.MetaData()
PAIR = [sa.Column(name, sa.Integer, primary_key=True) for name in ("a", "b")]
sa.Table("p", MODELS, *PAIR)
sa.Table(
    "c",
    MODELS,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("a", sa.Integer),
    sa.Column("b", sa.Integer),
    sa.ForeignKeyConstraint(["a", "b"], ["p.a", "p.b"]),
)

FOUND = """
CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE c (id serial PRIMARY KEY, a integer, b integer);
"""
LEFT_ALONE = """
CREATE TABLE p (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE c (id serial PRIMARY KEY, a integer, b integer, FOREIGN KEY (b, a) REFERENCES p (b, a));
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.c has no foreign key from a and b to public.p (a and b), but the models declare one",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []
