"""SEQ007: unlogged sequences under permanent tables."""

import psycopg
import sqlalchemy as sa

from remediate.rules.sequences.sequence_unlogged import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE kept (id serial PRIMARY KEY); ALTER SEQUENCE kept_id_seq SET UNLOGGED;
"""
LEFT_ALONE = """
CREATE TABLE logged (id serial PRIMARY KEY);
CREATE UNLOGGED TABLE scratch (id serial PRIMARY KEY);  -- both start over together
"""


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND)
    assert helpers.said(RULE, url) == [
        "public.kept.id survives a crash, but its unlogged sequence starts over after one",
    ]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(LEFT_ALONE)
    assert helpers.said(RULE, url) == []
