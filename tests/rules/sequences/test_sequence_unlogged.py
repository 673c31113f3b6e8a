"""SEQ007: unlogged sequences under permanent tables."""

from remediate.rules.sequences.sequence_unlogged import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE kept (id serial PRIMARY KEY); ALTER SEQUENCE kept_id_seq SET UNLOGGED;
"""
LEFT_ALONE = """
CREATE TABLE logged (id serial PRIMARY KEY);
CREATE UNLOGGED TABLE scratch (id serial PRIMARY KEY);  -- both start over together
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.kept.id survives a crash, but its unlogged sequence starts again after one",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
