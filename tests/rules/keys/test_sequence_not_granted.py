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
        "public.t.id draws from a sequence that pg_monitor may not use: INSERT is granted, but fails",
    ]


SHUT_OUT = """
CREATE SCHEMA s; CREATE TABLE s.t (id serial PRIMARY KEY, v text);
GRANT INSERT ON s.t TO pg_monitor, pg_signal_backend, PUBLIC; GRANT USAGE ON SCHEMA s TO pg_signal_backend;
"""
THROUGH_A_VIEW = """
CREATE SCHEMA behind; CREATE TABLE behind.t (id serial PRIMARY KEY, v text); GRANT INSERT ON behind.t TO pg_monitor;
CREATE VIEW w AS SELECT v FROM behind.t; GRANT INSERT ON w TO pg_monitor; GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


def test_a_schema_that_is_shut_as_well(said: helpers.Said) -> None:
    """Whom a schema is open to, its owner decides: no repair opens it, and none hides it."""
    assert said(RULE, SHUT_OUT) == [
        "s.t.id draws from a sequence that pg_monitor, pg_signal_backend, public may not use: INSERT is granted, but "
        "fails; INSERT keeps failing until someone also grants USAGE on schema s to pg_monitor",
    ]


def test_a_schema_that_is_shut_while_a_view_is_open(said: helpers.Said) -> None:
    assert said(RULE, THROUGH_A_VIEW) == [
        "behind.t.id draws from a sequence that pg_monitor may not use: INSERT is granted, but fails",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
