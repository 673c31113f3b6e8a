"""FK005: foreign keys that do not hold for every row."""

from remediate.rules.references.foreign_key_not_validated import RULE
from tests.support import helpers

FOUND = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p_id integer);
INSERT INTO c VALUES (7);
ALTER TABLE c ADD CONSTRAINT late FOREIGN KEY (p_id) REFERENCES p NOT VALID;
"""
LEFT_ALONE = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p_id integer);
ALTER TABLE c ADD CONSTRAINT late FOREIGN KEY (p_id) REFERENCES p NOT VALID;
ALTER TABLE c VALIDATE CONSTRAINT late;
ALTER TABLE c ADD CONSTRAINT positive CHECK (p_id > 0) NOT VALID;  -- no foreign key
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.c.late is NOT VALID: PostgreSQL has not checked the rows that were there before it, and 1 row has no "
        "parent",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []


INHERITED = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p_id integer);
CREATE TABLE pp () INHERITS (p); CREATE TABLE cc () INHERITS (c);
INSERT INTO pp VALUES (7); INSERT INTO c VALUES (7); INSERT INTO cc VALUES (8);
ALTER TABLE c ADD CONSTRAINT late FOREIGN KEY (p_id) REFERENCES p NOT VALID;
"""


def test_children_by_inheritance_are_not_looked_into(said: helpers.Said) -> None:
    assert said(RULE, INHERITED) == [
        "public.c.late is NOT VALID: PostgreSQL has not checked the rows that were there before it, and 1 row has no "
        "parent",
    ]
