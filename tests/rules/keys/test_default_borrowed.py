"""PK003: defaults that draw from another table's sequence."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual, Remedy
from remediate.rules.keys.default_borrowed import RULE
from remediate.snapshots.declared import Declared
from tests.support import helpers

FOUND = """
CREATE TABLE lender (id serial PRIMARY KEY); CREATE TABLE copied (LIKE lender INCLUDING ALL);
"""
LEFT_ALONE = """
CREATE TABLE parent (id serial PRIMARY KEY); CREATE TABLE child () INHERITS (parent);  -- family
CREATE SEQUENCE free; CREATE TABLE unowned (id integer PRIMARY KEY DEFAULT nextval('free'));
CREATE TABLE own (id serial PRIMARY KEY);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.copied.id draws its ids from a sequence that another table owns: dropping that table drops this "
        "default too",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []


LENT = "CREATE TABLE lender (id serial PRIMARY KEY); "
FOLLOWED = (
    "CREATE TABLE bill (id integer PRIMARY KEY DEFAULT nextval('lender_id_seq'), "
    "\"No\" text DEFAULT 'B' || {}('lender_id_seq'))"
)
PARTS = (
    "CREATE TABLE bill (id integer PRIMARY KEY DEFAULT nextval('lender_id_seq'), ref integer) "
    "PARTITION BY RANGE (id); CREATE TABLE rest PARTITION OF bill DEFAULT; "
    "ALTER TABLE rest ALTER ref SET DEFAULT currval('lender_id_seq')"
)


@pytest.mark.parametrize(
    ("ddl", "place"),
    [(FOLLOWED.format("currval"), 'public.bill."No"'), (PARTS, "public.rest.ref")],
)
def test_a_default_that_takes_the_id_from_there_is_by_hand(
    ddl: str, place: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(f"{LENT}{ddl}".encode())
    assert repair(url) == Manual(
        f"the default of {place} calls currval() of public.lender_id_seq, and INSERTs would no longer advance that "
        "sequence: change that default first, then plan again"
    )


def test_a_default_that_draws_for_itself_is_no_matter(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(f"{LENT}{FOLLOWED.format('nextval')}".encode())
    assert isinstance(repair(url), Remedy)


def repair(url: sa.URL) -> Remedy | Manual:
    live = helpers.snapshot(url)
    verdicts = RULE.find(live, Declared(), Options())
    (found,) = [v for v in verdicts if isinstance(v, Finding) and v.place.column == "id"]
    made = RULE.remedy(found, live, Options())
    assert made is not None
    return made
