"""FK008: columns of one name that mean one key, in several types."""

import psycopg
import sqlalchemy as sa

from remediate.rules.references.column_family import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE a (user_id bigint REFERENCES users);
CREATE TABLE b (user_id integer REFERENCES users);
"""
LEFT_ALONE = """
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE a (user_id bigint REFERENCES users);
CREATE TABLE b (user_id bigint REFERENCES users);
CREATE TABLE c (author_id integer REFERENCES users);  -- another name
"""


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND)
    assert helpers.said(RULE, url) == [
        "public.users.id is meant by columns of several types: user_id is bigint in 1 table and integer in 1 table",
    ]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(LEFT_ALONE)
    assert helpers.said(RULE, url) == []
