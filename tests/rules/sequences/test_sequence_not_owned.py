"""SEQ004: sequences that one column uses and none owns."""

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


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.t.id draws from a sequence that it does not own",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
