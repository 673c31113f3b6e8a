"""PK002: sequences that are looked up by name, or that only a model calls."""

import sqlalchemy as sa

from remediate.rules.keys.default_unresolvable import RULE
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table("called", MODELS, sa.Column("id", sa.Integer, sa.Sequence("missing"), primary_key=True))

FOUND = """
CREATE TABLE nowhere (id integer PRIMARY KEY DEFAULT nextval('no_such'::text));
CREATE SEQUENCE numbers; CREATE TABLE by_text (id integer PRIMARY KEY DEFAULT nextval('numbers'::text));
CREATE TABLE called (id integer PRIMARY KEY);
"""
LEFT_ALONE = """
CREATE SEQUENCE numbers; CREATE TABLE by_oid (id integer PRIMARY KEY DEFAULT nextval('numbers'));
CREATE TABLE serial_key (id serial PRIMARY KEY);
CREATE SEQUENCE missing; CREATE TABLE called (id integer PRIMARY KEY);  -- the model's is there
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.by_text.id draws from a sequence by name ('numbers'): a rename or search_path breaks it",
        "public.called.id is filled by the models from public.missing, which does not exist",
        "public.nowhere.id draws from a sequence by name, and 'no_such' names none: INSERT fails",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []
