"""FK006: foreign keys without an index on their columns."""

from remediate.rules.references.foreign_key_unindexed import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p_id integer REFERENCES p);
INSERT INTO p SELECT generate_series(1, 2000); INSERT INTO c SELECT generate_series(1, 2000);
ANALYZE;
"""
LEFT_ALONE = """
CREATE TABLE p (id integer PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 2000);
CREATE TABLE small (p_id integer REFERENCES p); INSERT INTO small SELECT generate_series(1, 20);
CREATE TABLE indexed (p_id integer REFERENCES p, at date); CREATE INDEX ON indexed (p_id, at);
INSERT INTO indexed SELECT generate_series(1, 2000);
ANALYZE;
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.c.c_p_id_fkey has no index that starts with its columns: DELETE of what it references reads the table",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []
