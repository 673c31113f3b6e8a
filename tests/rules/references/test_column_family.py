"""FK008: columns of one name that mean one key, in several types."""

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


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.users.id is meant by columns of several types: user_id is bigint in 1 table and integer in 1 table",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
