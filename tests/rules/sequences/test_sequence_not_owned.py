"""SEQ004: sequences that one column uses and none owns."""

import psycopg
import sqlalchemy as sa

from remediate.rules.sequences.sequence_not_owned import RULE
from tests.support import helpers

FOUND = """
CREATE SEQUENCE loose; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('loose'));
"""
LEFT_ALONE = """
CREATE TABLE owned (id serial PRIMARY KEY);
CREATE SEQUENCE shared; CREATE TABLE one (id integer PRIMARY KEY DEFAULT nextval('shared'));
CREATE TABLE other (id integer PRIMARY KEY DEFAULT nextval('shared'));
CREATE SEQUENCE of_others; CREATE TABLE mine (id integer PRIMARY KEY DEFAULT nextval('of_others'));
ALTER SEQUENCE of_others OWNER TO pg_monitor;  -- OWNED BY asks for one owner
CREATE SEQUENCE idle;
"""


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND)
    assert helpers.said(RULE, url) == [
        "public.t.id draws from a sequence that it does not own",
    ]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(LEFT_ALONE)
    assert helpers.said(RULE, url) == []
