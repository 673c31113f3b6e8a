"""FK002: foreign keys that are compared through a cast."""

from remediate.rules.references.foreign_key_coerced import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE p (code numeric(12) PRIMARY KEY, label text UNIQUE);
CREATE TABLE c (code integer REFERENCES p, label char(9) REFERENCES p (label));
"""
LEFT_ALONE = """
CREATE TABLE p (id bigint PRIMARY KEY, label text UNIQUE);
CREATE TABLE c (p_id integer REFERENCES p, label varchar(9) REFERENCES p (label));
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.c.c_code_fkey is compared through a cast, so its index cannot be used: integer to numeric",
        "public.c.c_label_fkey is compared through a cast, so its index cannot be used: character to text",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
