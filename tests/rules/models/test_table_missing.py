"""MD005: models that have no table."""

import sqlalchemy as sa

from remediate.analysis import creation
from remediate.rules.models.table_missing import RULE
from tests.support import helpers

MODELS = sa.MetaData()
sa.Table("gone", MODELS, sa.Column("id", sa.Integer, primary_key=True))

FOUND = """
CREATE TABLE other (id serial PRIMARY KEY);
"""
LEFT_ALONE = """
CREATE TABLE of_table (id serial PRIMARY KEY);
CREATE VIEW gone AS SELECT id FROM of_table;  -- a view serves as well
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.gone has a model, but the table does not exist",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []


RIGHTS = """
DROP ROLE IF EXISTS missing_app, missing_report, missing_group, missing_member, missing_one;
CREATE ROLE missing_app; CREATE ROLE missing_report; CREATE ROLE missing_group; CREATE ROLE missing_one;
CREATE ROLE missing_member IN ROLE missing_group;
CREATE TABLE a (id serial PRIMARY KEY); CREATE TABLE b (id serial PRIMARY KEY); CREATE TABLE c (id integer);
GRANT SELECT, INSERT ON a, b TO missing_app; GRANT UPDATE ON c TO missing_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO missing_report; GRANT DELETE ON a TO missing_one;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO missing_member;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO missing_group;
"""


def test_roles_that_may_use_other_tables(said: helpers.Said, url: sa.URL) -> None:
    assert said(RULE, RIGHTS, MODELS) == [
        "public.gone has a model, but the table does not exist; missing_app and missing_report would "
        "lack rights on it that other tables of public grant: GRANT them"
    ]
    models = helpers.declared(MODELS)
    live = helpers.snapshot(url, models)
    assert creation.grants(live.unmade.tables[0], live) == (
        "GRANT SELECT, INSERT ON public.gone TO missing_app",
        "GRANT USAGE ON SEQUENCE public.gone_id_seq TO missing_app",
        "GRANT SELECT ON public.gone TO missing_report",
    )
