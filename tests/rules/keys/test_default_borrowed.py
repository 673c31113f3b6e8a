"""PK003: defaults that draw from another table's sequence."""

import psycopg
import sqlalchemy as sa

from remediate.rules.keys.default_borrowed import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE lender (id serial PRIMARY KEY); CREATE TABLE copied (LIKE lender INCLUDING ALL);
"""
LEFT_ALONE = """
CREATE TABLE parent (id serial PRIMARY KEY); CREATE TABLE child () INHERITS (parent);  -- family
CREATE SEQUENCE free; CREATE TABLE unowned (id integer PRIMARY KEY DEFAULT nextval('free'));
CREATE TABLE own (id serial PRIMARY KEY);
"""


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND)
    assert helpers.said(RULE, url) == [
        "public.copied.id borrows the sequence of another table: dropping that table takes this default along",
    ]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(LEFT_ALONE)
    assert helpers.said(RULE, url) == []
