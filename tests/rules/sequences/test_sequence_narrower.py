"""SEQ003: sequences that end before their column does."""

from remediate.rules.sequences.sequence_narrower import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE widened (id serial PRIMARY KEY); ALTER TABLE widened ALTER id TYPE bigint;
"""
LEFT_ALONE = """
CREATE TABLE pair (id serial PRIMARY KEY); ALTER TABLE pair ALTER id TYPE bigint;
ALTER SEQUENCE pair_id_seq AS bigint;
CREATE TABLE chosen (id bigserial PRIMARY KEY); ALTER SEQUENCE chosen_id_seq MAXVALUE 1000;
CREATE SEQUENCE wide; CREATE TABLE wider (id integer PRIMARY KEY DEFAULT nextval('wide'));
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.widened.id is bigint, but its sequence is integer and ends at 2,147,483,647",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
