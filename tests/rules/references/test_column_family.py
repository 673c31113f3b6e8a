"""FK008: columns of one name that hold the values of one key in several types."""

from dataclasses import replace

import psycopg
import sqlalchemy as sa

from remediate.findings.facts import OtherFacts
from remediate.findings.finding import Finding, Options
from remediate.render.evidence import evidence
from remediate.rules.references.column_family import RULE
from remediate.snapshots.declared import Declared
from tests.support import helpers

FOUND = """
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE a (user_id bigint REFERENCES users);
CREATE TABLE b (user_id integer REFERENCES users);
"""
LEFT_ALONE = """
CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE a (user_id bigint REFERENCES users);
CREATE TABLE b (user_id bigint REFERENCES users);
CREATE TABLE c (author_id integer REFERENCES users);  -- another name
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.users.id has values in columns of several types: user_id is bigint in 1 table and integer in 1 table",
    ]


def test_what_it_is_made_of_is_said_in_words(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND)
    (found,) = RULE.find(helpers.snapshot(url), Declared(), Options())
    assert isinstance(found, Finding)
    assert evidence(found) == (
        "type: bigint; members: public.a.user_id bigint, public.b.user_id integer"
    )
    other = replace(found, facts=OtherFacts({"fits": True, "cost": {"foreign_keys": 2, "rows": 0}}))
    assert evidence(other) == "fits: yes; cost: foreign keys 2, rows 0"


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
