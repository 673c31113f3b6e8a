"""PK004: keys whose default is one fixed value."""

from remediate.rules.keys.default_constant import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE used (id integer PRIMARY KEY DEFAULT 0); INSERT INTO used VALUES (0);
CREATE TABLE unused (id text PRIMARY KEY DEFAULT 'x');
"""
LEFT_ALONE = """
CREATE TABLE single (id boolean PRIMARY KEY DEFAULT true);
CREATE TABLE settings (id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1));  -- one row by design
CREATE TABLE kinds (id integer PRIMARY KEY); CREATE TABLE refers (id integer PRIMARY KEY DEFAULT 1 REFERENCES kinds);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.unused.id has the same default for every row: the first INSERT without an id works, the second fails",
        "public.used.id has the same default for every row, and a row already has it: every INSERT without an id fails",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
