"""FK007: foreign keys that hold more than the key."""

import psycopg
import sqlalchemy as sa

from remediate.rules.references.foreign_key_wider import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p_id bigint REFERENCES p);
"""
LEFT_ALONE = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p_id integer REFERENCES p, q_id smallint REFERENCES p);
"""


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND)
    assert helpers.said(RULE, url) == [
        "public.c.c_p_id_fkey is wider than the key it references: bigint for a integer",
    ]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(LEFT_ALONE)
    assert helpers.said(RULE, url) == []
