"""PK005: roles that may INSERT, and may not use the sequence."""

import psycopg
import sqlalchemy as sa

from remediate.rules.keys.sequence_not_granted import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE t (id serial PRIMARY KEY, v text); GRANT INSERT ON t TO pg_monitor;
"""
LEFT_ALONE = """
CREATE TABLE granted (id serial PRIMARY KEY); GRANT INSERT ON granted TO pg_monitor;
GRANT USAGE ON SEQUENCE granted_id_seq TO pg_monitor;
CREATE TABLE identity (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY); GRANT INSERT ON identity TO pg_monitor;
CREATE TABLE reader (id serial PRIMARY KEY); GRANT SELECT ON reader TO pg_monitor;
"""


def test_what_is_found(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND)
    assert helpers.said(RULE, url) == [
        "public.t.id draws from a sequence that pg_monitor may not use: INSERT is granted, and fails",
    ]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(LEFT_ALONE)
    assert helpers.said(RULE, url) == []
