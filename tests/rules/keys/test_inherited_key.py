"""PK006: children that did not inherit their parent's identity."""

from remediate.rules.keys.inherited_key import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE parent (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent);
"""
LEFT_ALONE = """
CREATE TABLE of_serial (id serial PRIMARY KEY); CREATE TABLE inherits_default () INHERITS (of_serial);
CREATE TABLE of_identity (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE its_own (PRIMARY KEY (id)) INHERITS (of_identity);
CREATE SEQUENCE mine; ALTER TABLE its_own ALTER id SET DEFAULT nextval('mine');
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.child.id did not inherit its parent's identity: every INSERT without an id fails",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
