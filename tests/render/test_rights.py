"""What the connected role could not run of a plan is said in the plan."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, small_project

HEADING = "Rights that the role planner lacks for these repairs (42501)"
MODELS = """\
from sqlalchemy import Column, Integer, Table
for name in ("a", "b", "c", "d"):
    Table(name, metadata, Column("id", Integer, primary_key=True), schema="shop")
"""
DDL = """
CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO planner;
CREATE TABLE shop.a (id integer PRIMARY KEY); CREATE TABLE shop.b (id integer PRIMARY KEY);
CREATE TABLE shop.c (id integer PRIMARY KEY); CREATE TABLE shop.d (id integer PRIMARY KEY);
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO planner;
"""
OWNED = "".join(f"ALTER TABLE shop.{name} OWNER TO planner;" for name in "abcd")


@pytest.fixture
def role(newest: Server) -> Iterator[None]:
    with helpers.connected(newest.url) as admin:
        admin.execute("CREATE ROLE planner LOGIN; CREATE ROLE holder")
        try:
            yield
        finally:
            admin.execute("DROP ROLE planner; DROP ROLE holder")


def planned(server: Server, folder: Path, given: str, *words: str) -> str:
    """The plan as the planner sees it."""
    with small_project(server, folder, DDL + given, models=MODELS) as project:
        mine = Project(project.folder, project.url.set(username="planner"))
        text = mine.run("remediate", "plan", *words).stdout
        project.psql("DROP SCHEMA shop CASCADE")
        return text


@pytest.mark.usefixtures("role")
def test_a_role_that_only_reads(newest: Server, tmp_path: Path) -> None:
    text = planned(newest, tmp_path, "ALTER TABLE shop.b OWNER TO holder")
    assert HEADING in text
    assert "shop.a, shop.b, shop.c and 1 more: no CREATE on schema shop" in text
    assert "? GRANT CREATE ON SCHEMA shop TO planner" in text
    assert "shop.b: no CREATE on schema shop for the owner, holder\n" in text
    assert "? GRANT CREATE ON SCHEMA shop TO holder\n" in text
    assert "shop.b: not a member of the owner, holder\n    ? GRANT holder TO planner" in text
    assert "shop.a, shop.c and shop.d: not a member of the owner, postgres" in text


@pytest.mark.usefixtures("role")
def test_row_security_that_is_forced_upon_the_owner(newest: Server, tmp_path: Path) -> None:
    given = OWNED + "GRANT CREATE ON SCHEMA shop TO planner;"
    for name, force in (("a", ", FORCE ROW LEVEL SECURITY"), ("b", "")):
        given += f"ALTER TABLE shop.{name} ENABLE ROW LEVEL SECURITY{force};"
    text = planned(newest, tmp_path, given)
    assert "  shop.a: row security hides rows\n    ? ALTER ROLE planner BYPASSRLS" in text
    assert "no CREATE" not in text
    assert "no member" not in text
    assert "shop.b: row" not in text  # its owner sees all


@pytest.mark.usefixtures("role")
def test_a_role_that_may(newest: Server, tmp_path: Path) -> None:
    """By what it owns, or by a role that it is a member of."""
    given = OWNED.replace("planner", "holder")
    given += "GRANT holder TO planner; GRANT CREATE ON SCHEMA shop TO holder"
    assert "Rights that" not in planned(newest, tmp_path, given)


@pytest.mark.usefixtures("role")
def test_what_no_repair_asks_for(newest: Server, tmp_path: Path) -> None:
    given = "".join(
        f"ALTER TABLE shop.{n} ALTER id ADD GENERATED ALWAYS AS IDENTITY;" for n in "abcd"
    )
    assert "Rights that" not in planned(newest, tmp_path, given)
