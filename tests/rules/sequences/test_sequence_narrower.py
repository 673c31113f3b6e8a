"""SEQ003: sequences that end before their column does."""

import psycopg
import sqlalchemy as sa

from remediate.rules.sequences.sequence_narrower import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE widened (id serial PRIMARY KEY); ALTER TABLE widened ALTER id TYPE bigint;
"""
LEFT_ALONE = """
CREATE TABLE pair (id serial PRIMARY KEY); ALTER TABLE pair ALTER id TYPE bigint;
ALTER SEQUENCE pair_id_seq AS bigint;
CREATE TABLE chosen (id bigserial PRIMARY KEY); ALTER SEQUENCE chosen_id_seq MAXVALUE 1000;
CREATE SEQUENCE wide; CREATE TABLE wider (id integer PRIMARY KEY DEFAULT nextval('wide'));
"""


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND)
    assert helpers.said(RULE, url) == [
        "public.widened.id is bigint, but its sequence is integer and ends at 2147483647",
    ]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(LEFT_ALONE)
    assert helpers.said(RULE, url) == []
