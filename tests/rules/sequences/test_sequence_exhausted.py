"""SEQ002: keys whose ids run out."""

import sqlalchemy as sa

from remediate.rules.sequences.sequence_exhausted import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE spent (id serial PRIMARY KEY); SELECT setval('spent_id_seq', 2147483647);
CREATE TABLE near (id smallserial PRIMARY KEY); SELECT setval('near_id_seq', 32000);
CREATE TABLE lost (id numeric(3) PRIMARY KEY); CREATE SEQUENCE lost_id_seq OWNED BY lost.id;
INSERT INTO lost SELECT generate_series(1, 999); ANALYZE lost;
"""
LEFT_ALONE = """
CREATE TABLE young (id serial PRIMARY KEY); SELECT setval('young_id_seq', 1000000000);
CREATE TABLE wide (id bigserial PRIMARY KEY); SELECT setval('wide_id_seq', 2147483647);
-- the key has room, whatever references it: FK001
CREATE TABLE beside (id bigserial PRIMARY KEY); SELECT setval('beside_id_seq', 2147483000);
CREATE TABLE narrow (beside_id integer REFERENCES beside);
CREATE TABLE beyond (id bigserial PRIMARY KEY, of_id smallint REFERENCES beyond);
INSERT INTO beyond VALUES (3000000000); SELECT setval('beyond_id_seq', 3000000000);
CREATE TABLE round (id serial PRIMARY KEY); ALTER SEQUENCE round_id_seq MAXVALUE 10 CYCLE;
SELECT setval('round_id_seq', 9);
-- nothing counts these, and their digits are those of what they mean
CREATE TABLE books (isbn numeric(13) PRIMARY KEY); INSERT INTO books VALUES (9783161484100);
CREATE TABLE days (day_of_week numeric(1) PRIMARY KEY); INSERT INTO days SELECT generate_series(1, 9);
CREATE TABLE lines (order_id smallint, line smallint, PRIMARY KEY (order_id, line));
INSERT INTO lines SELECT g, 32767 - g FROM generate_series(0, 32767) g;
ANALYZE books; ANALYZE days; ANALYZE lines;
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.lost.id: no id is left in numeric(3,0) (limit 999)",
        "public.near.id: 767 ids left before smallint overflows (limit 32,767)",
        "public.spent.id: no id is left in integer (limit 2,147,483,647)",
    ]


def test_digits_that_models_leave_to_the_database(said: helpers.Said) -> None:
    models = sa.MetaData()
    sa.Table("day", models, sa.Column("n", sa.Integer, primary_key=True))
    sa.Table("week", models, sa.Column("n", sa.Integer, primary_key=True, autoincrement=False))
    ddl = "CREATE TABLE {0} (n numeric(2) PRIMARY KEY); INSERT INTO {0} SELECT generate_series(1, 98); "
    assert said(RULE, ddl.format("day") + ddl.format("week") + "ANALYZE", models) == [
        "public.day.n: 1 id left before numeric(2,0) overflows (limit 99)",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
