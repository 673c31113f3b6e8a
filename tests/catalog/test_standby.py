"""A hot standby is read like its primary, and is not asked for what it does not know or take."""

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from remediate.commands.plan import plan
from remediate.config import Config
from remediate.rehearsal.scratch import Server
from tests.conftest import BINARIES
from tests.projects.test_schemas_of_one_database import CLINIC, ENV, WARDS
from tests.support import doors, helpers
from tests.support.project import Project

BROKEN = """
CREATE TABLE t (id integer PRIMARY KEY); CREATE SEQUENCE t_id_seq OWNED BY t.id;
CREATE TABLE fine (id serial PRIMARY KEY, t_id integer REFERENCES t);
CREATE UNLOGGED TABLE unlogged (id serial PRIMARY KEY)"""


def replayed(project: Project, following: sa.URL) -> Project:
    """The project on the standby, once that has what the primary has now: the database, too."""
    with helpers.connected(project.url) as primary:
        row = primary.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
    deadline = time.monotonic() + 30
    with helpers.connected(following) as other:
        while not other.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", row).fetchone()[0]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    return Project(project.folder, project.url.set(query=following.query))


@pytest.fixture(scope="module")
def following(newest: Server) -> Iterator[sa.URL]:
    """The standby's maintenance database."""
    with doors.standby(newest, BINARIES[list(BINARIES)[-1]]) as url:
        yield url


@pytest.mark.project(BROKEN)
def test_a_standby_is_read(project: Project, following: sa.URL) -> None:
    behind = replayed(project, following)
    urls = [one.url.render_as_string(hide_password=False) for one in (project, behind)]
    one, other = (plan(Config(database_url=url)) for url in urls)
    assert [item.id for item in one.items] == [item.id for item in other.items] != []
    assert [helpers.facts_of(made.items[0].finding)["inserts"] for made in (one, other)] == [
        0,
        None,
    ]
    assert one.unverified == ()
    assert "during recovery" in str(other.unverified[0])


@pytest.mark.soak
@pytest.mark.project(BROKEN)
def test_what_a_standby_does_not_take(project: Project, following: sa.URL) -> None:
    behind = replayed(project, following)
    probe = behind.run("remediate", "verify", "--probe", "--every-table", expected=2)
    assert "Connect to the server that accepts writes." in probe.stderr
    assert "a standby accepts no writes" in behind.run("remediate", "doctor").stdout
    behind.run("remediate", "generate", "--approve", "all", "--reviewer", "me")
    assert len([*project.versions.glob("*.py")]) == 1


@pytest.mark.soak
@pytest.mark.project(WARDS, env=ENV, files={"clinic.py": CLINIC})
def test_what_a_repair_leaves_cannot_be_asked_there(project: Project, following: sa.URL) -> None:
    """Neither does a schema count as left alone that nobody could look at, nor as whole."""
    project.psql("DROP TABLE south.ward; CREATE TABLE south.ward (id serial PRIMARY KEY, bed text)")
    behind = replayed(project, following)
    approved = ("generate", "--approve", "PK001", "--reviewer", "Ada", "--no-rehearse")
    said = " ".join(behind.run("remediate", *approved, expected=2).stderr.split())
    assert (
        "remediate cannot tell whether the schema south is as the repair leaves the others" in said
    )
    assert not project.generated()
    project.run("remediate", *approved)
