"""Declared foreign keys whose types differ are found without a miss, in every place and width."""

import itertools

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Options
from remediate.rules.references import foreign_key_narrower, foreign_key_wider
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

TYPES = {"smallint": 2, "integer": 4, "bigint": 8, "small": 2, "mid": 4, "big": 8, "bigger": 8}
DOMAINS = (
    "CREATE DOMAIN small AS smallint; CREATE DOMAIN mid AS integer; CREATE DOMAIN big AS bigint; "
    "CREATE DOMAIN bigger AS big; "
)
PAIRS = list(itertools.product(TYPES, TYPES))


def found(url: sa.URL) -> tuple[set[str], set[str]]:
    """Constraints that are narrower, and those that are wider than their key."""
    live = helpers.snapshot(url)
    rules = (foreign_key_narrower.RULE, foreign_key_wider.RULE)
    narrow, wide = (
        {str(v.place.constraint) for v in rule.find(live, Declared(), Options())} for rule in rules
    )
    return narrow, wide


def test_every_pair_of_types(url: sa.URL, connection: psycopg.Connection) -> None:
    ddl = DOMAINS + "".join(f"CREATE TABLE p_{t} (id {t} PRIMARY KEY); " for t in TYPES)
    ddl += "".join(
        f"CREATE TABLE c_{child}_{parent} (x {child} CONSTRAINT {child}_{parent} REFERENCES p_{parent}); "
        for child, parent in PAIRS
    )
    connection.execute(ddl.encode())
    narrow, wide = found(url)
    assert narrow == {f"{c}_{p}" for c, p in PAIRS if TYPES[c] < TYPES[p]}
    assert wide == {f"{c}_{p}" for c, p in PAIRS if TYPES[c] > TYPES[p]}


PLACES = [
    ("composite, first",
        "CREATE TABLE p (a bigint, b integer, PRIMARY KEY (a, b)); "
        "CREATE TABLE c (a integer, b integer, CONSTRAINT x FOREIGN KEY (a, b) REFERENCES p)"),
    ("composite, last, other order",
        "CREATE TABLE p (a bigint, b integer, PRIMARY KEY (a, b)); "
        "CREATE TABLE c (a integer, b integer, CONSTRAINT x FOREIGN KEY (b, a) REFERENCES p (b, a))"),
    ("unique, no key",
        "CREATE TABLE p (a bigint UNIQUE); "
        "CREATE TABLE c (a integer CONSTRAINT x REFERENCES p (a))"),
    ("itself",
        "CREATE TABLE p (a bigint PRIMARY KEY, b integer CONSTRAINT x REFERENCES p)"),
    ("its own key",
        "CREATE TABLE p (a bigint PRIMARY KEY); "
        "CREATE TABLE c (a integer PRIMARY KEY CONSTRAINT x REFERENCES p)"),
    ("no key of its own",
        "CREATE TABLE p (a bigint PRIMARY KEY); "
        "CREATE TABLE c (a integer CONSTRAINT x REFERENCES p)"),
    ("another schema",
        "CREATE SCHEMA s; "
        "CREATE TABLE s.p (a bigint PRIMARY KEY); "
        "CREATE TABLE c (a integer CONSTRAINT x REFERENCES s.p)"),
    ("partitioned",
        "CREATE TABLE p (a bigint PRIMARY KEY); "
        "CREATE TABLE c (a integer CONSTRAINT x REFERENCES p, d integer) PARTITION BY LIST (d); "
        "CREATE TABLE c1 PARTITION OF c DEFAULT"),
    ("to a partitioned table",
        "CREATE TABLE p (a bigint PRIMARY KEY) PARTITION BY RANGE (a); "
        "CREATE TABLE p1 PARTITION OF p DEFAULT; "
        "CREATE TABLE c (a integer CONSTRAINT x REFERENCES p)"),
    ("of a partition",
        "CREATE TABLE p (a bigint PRIMARY KEY); "
        "CREATE TABLE c (a integer, d integer) PARTITION BY LIST (d); "
        "CREATE TABLE c1 PARTITION OF c DEFAULT; "
        "ALTER TABLE c1 ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES p"),
    ("of an inheritance child",
        "CREATE TABLE p (a bigint PRIMARY KEY); "
        "CREATE TABLE q (a integer); "
        "CREATE TABLE c (CONSTRAINT x FOREIGN KEY (a) REFERENCES p) INHERITS (q)"),
    ("not valid, deferrable",
        "CREATE TABLE p (a bigint PRIMARY KEY); "
        "CREATE TABLE c (a integer); "
        "ALTER TABLE c ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES p DEFERRABLE NOT VALID"),
    ("unlogged",
        "CREATE UNLOGGED TABLE p (a bigint PRIMARY KEY); "
        "CREATE UNLOGGED TABLE c (a integer CONSTRAINT x REFERENCES p)"),
    ("identity",
        "CREATE TABLE p (a bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY); "
        "CREATE TABLE c (a integer GENERATED ALWAYS AS IDENTITY CONSTRAINT x REFERENCES p)"),
    ("odd names",
        'CREATE TABLE "p %(a)s" ("k:1" bigint PRIMARY KEY); '
        'CREATE TABLE "c""d" ("k\\n" integer CONSTRAINT x REFERENCES "p %(a)s")'),
]  # fmt: skip


@pytest.mark.parametrize("ddl", [p[1] for p in PLACES], ids=[p[0] for p in PLACES])
def test_wherever_it_stands(ddl: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(ddl.encode())
    assert found(url) == ({"x"}, set())
