"""FK003: columns that mean a key, and cannot reference it as they are."""

import sqlalchemy as sa

from remediate.config import Config
from remediate.findings.finding import Confidence, Finding, Options
from remediate.findings.remedy import Manual, Remedy
from remediate.rehearsal.scratch import Server
from remediate.rules.references.reference_mistyped import RULE
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table("p", MODELS, sa.Column("id", sa.Integer, primary_key=True))
sa.Table(
    "c",
    MODELS,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id")),
)

FOUND = """
CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id varchar(9));
"""
LEFT_ALONE = """
CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id bigint);
CREATE TABLE external (id serial PRIMARY KEY, stripe_id text);  -- somebody else's ids
INSERT INTO external (stripe_id) SELECT 'cus_' || n FROM generate_series(1, 50) n;
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.c.p_id holds public.p.id values as varchar(9), but that key is integer: no foreign key is possible, "
        "and joins need a cast (the models declare the reference)",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []


def test_what_the_settings_name(newest: Server) -> None:
    """Whatever the table is called, and however few values it holds; the models may agree."""
    models = sa.MetaData()
    key = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("c_log", models, key, sa.Column("p_id", sa.String(9)))
    ddl = """CREATE TABLE p (id serial PRIMARY KEY); INSERT INTO p DEFAULT VALUES;
        CREATE TABLE c_log (id serial PRIMARY KEY, p_id varchar(9), who text, free text);
        INSERT INTO c_log (p_id, who) VALUES ('1', 'x')"""
    config = Config(references={'public."c_log".p_id': '"p"', "who": "p", "free": ""})
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        declared = helpers.declared(models)
        live = helpers.snapshot(url, declared, config)
    then = (
        "but that key is integer: no foreign key is possible, and joins need a cast "
        "([tool.remediate.references] names it)"
    )
    assert helpers.sentences(RULE, live, declared) == [
        f"public.c_log.p_id holds public.p.id values as varchar(9), {then}",
        f"public.c_log.who holds public.p.id values as text, {then}",
    ]
    found = [f for f in RULE.find(live, declared, Options()) if isinstance(f, Finding)]
    assert [f.confidence for f in found] == [Confidence.LIKELY, Confidence.LIKELY]
    ways = {f.place.column: RULE.remedy(f, live, Options()) for f in found}
    assert isinstance(ways["p_id"], Remedy)
    assert isinstance(ways["who"], Manual)  # a value is no key: a person has to decide
