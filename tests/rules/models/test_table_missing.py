"""MD005: models that have no table."""

import sqlalchemy as sa

from remediate.rules.models.table_missing import RULE
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table("gone", MODELS, sa.Column("id", sa.Integer, primary_key=True))

FOUND = """
CREATE TABLE other (id serial PRIMARY KEY);
"""
LEFT_ALONE = """
CREATE TABLE of_table (id serial PRIMARY KEY);
CREATE VIEW gone AS SELECT id FROM of_table;  -- a view serves as well
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.gone has a model, and no such table exists",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []
