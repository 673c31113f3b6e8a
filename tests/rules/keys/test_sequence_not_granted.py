"""PK005: roles that may INSERT, and may not use the sequence."""

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


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.t.id draws from a sequence that pg_monitor may not use: INSERT is granted, and fails",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
