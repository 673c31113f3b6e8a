"""FK007: foreign keys that hold more than the key."""

from remediate.rules.references.foreign_key_wider import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p_id bigint REFERENCES p);
"""
LEFT_ALONE = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p_id integer REFERENCES p, q_id smallint REFERENCES p);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.c.c_p_id_fkey is wider than the key it references: bigint for an integer",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
