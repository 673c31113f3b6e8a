"""SEQ005: sequences that several independent tables draw from."""

from remediate.rules.sequences.sequence_shared import RULE
from tests.support import helpers

FOUND = """
CREATE SEQUENCE numbers; CREATE TABLE one (id integer PRIMARY KEY DEFAULT nextval('numbers'));
CREATE TABLE other (id integer PRIMARY KEY DEFAULT nextval('numbers'));
"""
LEFT_ALONE = """
CREATE SEQUENCE alone; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('alone'));
CREATE SEQUENCE tree; CREATE TABLE parent (id integer PRIMARY KEY DEFAULT nextval('tree'));
CREATE TABLE child () INHERITS (parent);
CREATE TABLE lender (id serial PRIMARY KEY); CREATE TABLE copied (LIKE lender INCLUDING ALL);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.one.id shares the sequence public.numbers with public.other",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
