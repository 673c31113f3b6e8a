"""MD001: keys whose models say another type."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.rules.models.model_key_type import RULE
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table("p", MODELS, sa.Column("id", sa.Uuid, primary_key=True))
sa.Table("q", MODELS, sa.Column("id", sa.BigInteger, primary_key=True))
sa.Table(
    "pq",
    MODELS,
    sa.Column("p_id", sa.ForeignKey("p.id"), primary_key=True),
    sa.Column("q_id", sa.BigInteger, sa.ForeignKey("q.id"), primary_key=True),
    sa.Column("n", sa.BigInteger, primary_key=True),
)

FOUND = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE q (id integer PRIMARY KEY);
"""
LEFT_ALONE = """
CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE q (id bigint PRIMARY KEY);
CREATE TABLE pq (p_id varchar(36), q_id varchar(9), n bigint, PRIMARY KEY (p_id, q_id, n));
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.p.id is integer, but its model declares uuid; a conversion to the type of the models would rewrite 1 "
        "table with about 0 rows, and recreate 0 foreign keys",
        "public.q.id is integer, but its model declares bigint",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    """Also what FK003 converts."""
    assert said(RULE, LEFT_ALONE, MODELS) == []


@pytest.mark.parametrize(
    ("model", "key", "member"),
    [
        (sa.BigInteger, "", "change the models to BigInteger, then "),
        (
            sa.Integer,
            "change the model to BigInteger, then ",
            "change the models to BigInteger, then ",
        ),
    ],
)
def test_how_numeric_becomes_bigint(
    url: sa.URL,
    connection: psycopg.Connection,
    model: type[sa.Integer],
    key: str,
    member: str,
) -> None:
    """Of a member that references another key, the other one is named."""
    connection.execute("""
        CREATE TABLE staff (no numeric(6) PRIMARY KEY);
        CREATE TABLE stay (no numeric(6) REFERENCES staff, since date, PRIMARY KEY (no, since));
    """)
    models = sa.MetaData()
    sa.Table("staff", models, sa.Column("no", model, primary_key=True))
    no = sa.Column("no", model, sa.ForeignKey("staff.no"), primary_key=True)
    sa.Table("stay", models, no, sa.Column("since", sa.Date, primary_key=True))
    declared = helpers.declared(models)
    live = helpers.snapshot(url, declared)
    found = [v for v in RULE.find(live, declared, Options()) if isinstance(v, Finding)]
    told = {str(f.place): getattr(RULE.remedy(f, live, Options()), "reason", "") for f in found}
    decided = Options(right={"public.s*.no": "models"})
    chosen = {str(f.place): RULE.remedy(f, live, decided) for f in found}
    if model is sa.Integer:  # which no key becomes at once: the same way leads on
        assert {place: getattr(made, "reason", "") for place, made in chosen.items()} == told
    assert told == {
        "public.staff.no": f"bigint fits a key without decimals: {key}--right "
        "public.staff.no=models converts it and everything that references it",
        "public.stay.no": f"bigint fits a key without decimals: {member}--right "
        "public.staff.no=models converts both and everything that references it",
    }


def test_decimals_in_a_key_of_numbers(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE part (no numeric PRIMARY KEY); INSERT INTO part VALUES (1.5)")
    models = sa.MetaData()
    sa.Table("part", models, sa.Column("no", sa.BigInteger, primary_key=True))
    declared = helpers.declared(models)
    live = helpers.snapshot(url, declared)
    (found,) = [v for v in RULE.find(live, declared, Options()) if isinstance(v, Finding)]
    told = "change the model to Numeric: remediate models"
    assert getattr(RULE.remedy(found, live, Options()), "reason", "") == told


FLOATING = """
CREATE TABLE reading (no double precision PRIMARY KEY, v text);
INSERT INTO reading SELECT g FROM generate_series(1, 30) g;
CREATE TABLE "Probe" ("No" real PRIMARY KEY);
CREATE SEQUENCE counted; CREATE TABLE filled (no double precision DEFAULT nextval('counted')
PRIMARY KEY);
CREATE TABLE given (no double precision PRIMARY KEY);
CREATE TABLE ours (no double precision PRIMARY KEY);
CREATE TABLE pair (no double precision, line integer, PRIMARY KEY (no, line));
"""


def test_keys_that_became_fractions(url: sa.URL, connection: psycopg.Connection) -> None:
    """An error only where the models leave the key to the database, and nothing fills it."""
    connection.execute(FLOATING)
    models = sa.MetaData()
    sa.Table("reading", models, sa.Column("no", sa.Integer, primary_key=True))
    sa.Table("Probe", models, sa.Column("No", sa.BigInteger, primary_key=True))
    sa.Table("filled", models, sa.Column("no", sa.Integer, primary_key=True))
    no = sa.Column("no", sa.Integer, primary_key=True, autoincrement=False)
    sa.Table("given", models, no)
    sa.Table("ours", models, sa.Column("no", sa.Double, primary_key=True))
    numbers = [sa.Column(n, sa.Integer, primary_key=True) for n in ("no", "line")]
    sa.Table("pair", models, *numbers)
    declared = helpers.declared(models)
    live = helpers.snapshot(url, declared)
    found = [v for v in RULE.find(live, declared, Options()) if isinstance(v, Finding)]
    left = ", and expects the database to supply the id, which nothing generates"
    assert {(f.severity.value, f.message) for f in found} == {
        ("error", f"public.reading.no is double precision, but its model declares integer{left}"),
        ("error", f'public."Probe"."No" is real, but its model declares bigint{left}'),
        ("warning", "public.filled.no is double precision, but its model declares integer"),
        ("warning", "public.given.no is double precision, but its model declares integer"),
        ("warning", "public.pair.no is double precision, but its model declares integer"),
    }
    decided = Options(right={"public.Probe.No": "models", "public.reading.no": "models"})
    told = {str(f.place): getattr(RULE.remedy(f, live, decided), "reason", "") for f in found}
    assert told['public."Probe"."No"'] == (
        "real holds every whole number only below 16,777,216: convert it and what references it "
        '(ALTER TABLE public."Probe" ALTER COLUMN "No" TYPE bigint) once this query finds no row: SELECT "No" FROM '
        'public."Probe" WHERE "No" <> trunc("No") OR abs("No") >= 16777216; then plan '
        "again"
    )
    for place in ("public.reading.no", 'public."Probe"."No"'):
        query = told[place].partition("no row: ")[2].partition(";")[0]
        assert connection.execute(query.encode()).fetchall() == []
        connection.execute(told[place].partition("(")[2].partition(") once")[0].encode())
