"""FK004: columns that mean a key, and have no foreign key."""

import pytest
import sqlalchemy as sa

from remediate.config import Config
from remediate.rehearsal.scratch import Server
from remediate.rules.references.reference_undeclared import RULE
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

MODELS = sa.MetaData()
sa.Table("p", MODELS, sa.Column("id", sa.Integer, primary_key=True))
sa.Table(
    "c",
    MODELS,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id")),
)

FOUND = """
CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id integer);
"""
LEFT_ALONE = """
CREATE TABLE p (id serial PRIMARY KEY);
CREATE TABLE c (id serial PRIMARY KEY, p_id integer REFERENCES p, parent_id integer);
"""


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND, MODELS) == [
        "public.c.p_id holds public.p.id values, but no foreign key is declared (the models declare the reference)",
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE, MODELS) == []


NODES = (
    "CREATE TABLE node (id serial PRIMARY KEY, {0} integer); INSERT INTO node ({0}) "
    "SELECT g FROM generate_series(1, 40) g;"
)


@pytest.mark.parametrize(
    ("column", "other", "means"),
    [
        ("parent_id", "CREATE TABLE parent (id integer);", ""),
        ("parent_id", 'CREATE TABLE "Parents" (id integer, v text);', ""),
        ("root_id", "CREATE TABLE root (id integer, v integer, PRIMARY KEY (id, v));", ""),
        (
            "parent_id",
            "CREATE TABLE parent (id integer PRIMARY KEY); "
            "INSERT INTO parent SELECT generate_series(1, 40);",
            "public.parent.id",
        ),
        ("parent_id", "CREATE SCHEMA old; CREATE TABLE old.parent (id integer);", "public.node.id"),
        ("parent_id", "CREATE TABLE parent_copy (id integer);", "public.node.id"),
    ],
)
def test_a_table_of_that_name_without_its_key_is_meant(
    column: str, other: str, means: str, said: helpers.Said
) -> None:
    """Rather than the table itself, to which nothing but the word `parent` leads."""
    found = said(RULE, other + NODES.format(column), sa.MetaData())
    meant = {text.partition(" holds ")[2].partition(" values")[0] for text in found}
    assert meant == ({means} if means else set())


def test_what_the_settings_name(newest: Server) -> None:
    ddl = """CREATE TABLE p (id serial PRIMARY KEY);
        CREATE TABLE c_history (id serial PRIMARY KEY, p_id integer, parent integer)"""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        live = helpers.snapshot(url, config=Config(references={"c_history.p_id": "p"}))
    assert helpers.sentences(RULE, live, Declared()) == [
        "public.c_history.p_id holds public.p.id values, but no foreign key is declared ([tool.remediate.references] "
        "names it)",
    ]
