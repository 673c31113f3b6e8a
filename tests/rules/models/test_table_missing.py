"""MD005: models that have no table."""

import psycopg
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


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND)
    assert helpers.said(RULE, url, *MODELS.tables.values()) == [
        "public.gone has a model, and no such table exists",
    ]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(LEFT_ALONE)
    assert helpers.said(RULE, url, *MODELS.tables.values()) == []
