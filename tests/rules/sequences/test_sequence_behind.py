"""SEQ001: sequences that will give an id that exists."""

from remediate.rules.sequences.sequence_behind import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE now (id serial PRIMARY KEY); INSERT INTO now SELECT generate_series(1, 9);
CREATE TABLE soon (id serial PRIMARY KEY); INSERT INTO soon VALUES (50);
"""
LEFT_ALONE = """
CREATE TABLE advanced (id serial PRIMARY KEY); INSERT INTO advanced SELECT generate_series(1, 9);
SELECT setval('advanced_id_seq', 9);
CREATE TABLE passed (id serial PRIMARY KEY); INSERT INTO passed VALUES (-1), (0);
CREATE TABLE odd (id serial PRIMARY KEY); ALTER SEQUENCE odd_id_seq INCREMENT 2; INSERT INTO odd VALUES (2), (4);
CREATE TABLE no_key (id serial); INSERT INTO no_key VALUES (5);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.now.id gets id 1 next, which exists: the next INSERT fails",
        "public.soon.id gets id 1 next, and meets the existing id 50 with insert number 50 from now",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
