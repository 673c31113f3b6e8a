"""PK003: defaults that draw from another table's sequence."""

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


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.copied.id borrows the sequence of another table: dropping that table takes this default along",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
