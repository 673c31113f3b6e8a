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

FOUND = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE q (id integer PRIMARY KEY);
"""
LEFT_ALONE = """
CREATE TABLE p (id uuid PRIMARY KEY); CREATE TABLE q (id bigint PRIMARY KEY);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.p.id is integer, and its model says uuid; the database following the models would "
        "rewrite 1 table with about 0 rows, and make 0 foreign keys anew",
        "public.q.id is integer, and its model says bigint",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []


@pytest.mark.parametrize(
    ("model", "key", "member"),
    [
        (sa.BigInteger, "", "let the models say BigInteger, then "),
        (sa.Integer, "let the model say BigInteger, then ", "let the models say BigInteger, then "),
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
        "public.staff.no": f"a key without decimals is best bigint: {key}--right "
        "public.staff.no=models converts it with all that references it",
        "public.stay.no": f"a key without decimals is best bigint: {member}--right "
        "public.staff.no=models converts both with all that references it",
    }


def test_decimals_in_a_key_of_numbers(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE part (no numeric PRIMARY KEY); INSERT INTO part VALUES (1.5)")
    models = sa.MetaData()
    sa.Table("part", models, sa.Column("no", sa.BigInteger, primary_key=True))
    declared = helpers.declared(models)
    live = helpers.snapshot(url, declared)
    (found,) = [v for v in RULE.find(live, declared, Options()) if isinstance(v, Finding)]
    told = "the model is to say Numeric: remediate models"
    assert getattr(RULE.remedy(found, live, Options()), "reason", "") == told
