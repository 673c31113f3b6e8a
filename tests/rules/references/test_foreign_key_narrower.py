"""FK001: foreign keys that cannot hold every value of the key."""

from remediate.rules.references.foreign_key_narrower import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (p_id integer REFERENCES p);
CREATE TABLE d (p_id smallint CONSTRAINT of_p REFERENCES p);
"""
LEFT_ALONE = """
CREATE TABLE p (id integer PRIMARY KEY, code numeric UNIQUE, label text UNIQUE);
CREATE TABLE same (p_id integer REFERENCES p); CREATE TABLE wider (p_id bigint REFERENCES p);
CREATE TABLE shorter (label varchar(9) REFERENCES p (label));
CREATE TABLE of_others (code integer REFERENCES p (code));  -- a cast, not a width: FK002
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.c.c_p_id_fkey is narrower than the key it references: integer for a bigint",
        "public.d.of_p is narrower than the key it references: smallint for a bigint",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
