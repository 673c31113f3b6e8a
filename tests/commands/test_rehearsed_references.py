"""A generated conversion of a column that is never NULL: made-up rows hold ids of its key."""

import pytest

from tests.commands.test_rehearsed_as_configured import rehearse
from tests.support import helpers
from tests.support.project import Project

MODELS = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("p", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("c", metadata, sa.Column("id", sa.Integer, primary_key=True),
         sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id"), nullable=False))
"""
DDL = """
CREATE TABLE p (id serial PRIMARY KEY); INSERT INTO p SELECT nextval('p_id_seq') FROM generate_series(1, 30);
CREATE TABLE c (id serial PRIMARY KEY, p_id varchar(9) NOT NULL); CREATE INDEX ON c (p_id);
INSERT INTO c (p_id) SELECT id FROM p WHERE id < 25
"""


@pytest.mark.soak
@pytest.mark.project(DDL, models=MODELS)
def test_it_is_proven_as_long_as_every_value_is_a_key(project: Project) -> None:
    approved = ("--approve", "FK003", "--reviewer", "Ann", "--no-rehearse")
    project.run("remediate", "generate", *approved)
    made = rehearse(project)
    assert [one["proven"] for one in made["revisions"]] == [True, True], made
    for value, lacks in (("none", "no integer"), ("77", "no row in public.p")):
        with helpers.connected(project.url) as connection:
            connection.execute("UPDATE c SET p_id = %s WHERE id = 1", [value])
        assert not rehearse(project, expected=4)["revisions"][0]["proven"], lacks
