"""SEQ005: sequences that several independent tables draw from."""

from remediate.rules.sequences.sequence_shared import RULE
from tests.support import helpers

FOUND = """
CREATE SEQUENCE numbers; CREATE TABLE one (id integer PRIMARY KEY DEFAULT nextval('numbers'));
CREATE TABLE other (id integer PRIMARY KEY DEFAULT nextval('numbers'));
"""
LEFT_ALONE = """
CREATE SEQUENCE alone; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('alone'));
CREATE SEQUENCE tree; CREATE TABLE parent (id integer PRIMARY KEY DEFAULT nextval('tree'));
CREATE TABLE child () INHERITS (parent);
CREATE SEQUENCE parts; CREATE TABLE log (n bigint, at date) PARTITION BY RANGE (at);
CREATE TABLE log_old PARTITION OF log (n DEFAULT nextval('parts'), PRIMARY KEY (n))
  FOR VALUES FROM (MINVALUE) TO ('2030-01-01');
CREATE TABLE log_new PARTITION OF log (n DEFAULT nextval('parts'), PRIMARY KEY (n))
  FOR VALUES FROM ('2030-01-01') TO (MAXVALUE);
CREATE SEQUENCE leaves; CREATE TABLE above (k integer);
CREATE TABLE left_one (id integer PRIMARY KEY DEFAULT nextval('leaves')) INHERITS (above);
CREATE TABLE right_one (id integer PRIMARY KEY DEFAULT nextval('leaves')) INHERITS (above);
CREATE TABLE lender (id serial PRIMARY KEY); CREATE TABLE copied (LIKE lender INCLUDING ALL);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.one.id shares the sequence public.numbers with public.other",
    ]


def test_partitions_are_one_of_them(said: helpers.Said) -> None:
    own = "CREATE TABLE other (id integer PRIMARY KEY DEFAULT nextval('parts'))"
    assert said(RULE, f"{LEFT_ALONE}{own}") == [
        "public.log_new.n shares the sequence public.parts with public.other",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
