"""SEQ006: sequences under unique keys that start over."""

from remediate.rules.sequences.sequence_cycles import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE round (id serial PRIMARY KEY); ALTER SEQUENCE round_id_seq CYCLE;
"""
LEFT_ALONE = """
CREATE TABLE once (id serial PRIMARY KEY);
CREATE TABLE log (n serial, said text); ALTER SEQUENCE log_n_seq CYCLE;  -- nothing is unique
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.round.id is unique, but its sequence starts again at its end (CYCLE)",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
