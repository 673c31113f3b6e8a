"""Nothing is healthy that nobody looked at: what leaves nothing to judge is no success."""

from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project

DDL = """
CREATE SCHEMA shop; CREATE SCHEMA bare;
CREATE TABLE orders (id integer PRIMARY KEY); INSERT INTO orders VALUES (1);
CREATE TABLE shop.lines (id serial PRIMARY KEY);
CREATE TABLE events (id bigserial, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE shop."odd, name" (id serial PRIMARY KEY)
"""
pytestmark = pytest.mark.project(DDL)

JUDGES = ("plan", "check", "models", "runbook")
BOTH = ("--select", "SEQ001,pk001", "--ignore", "key_without_default", "--ignore", "SEQ001")


def refused(project: Project, *words: str, **environment: str) -> str:
    result = project.run("remediate", *words, expected=2, **environment)
    assert result.stdout == ""
    return " ".join(result.stderr.split())


@pytest.mark.parametrize("command", [*JUDGES, "generate"])
def test_no_rule_is_left(command: str, project: Project) -> None:
    more = ("--approve", "all", "--reviewer", "Ann") if command == "generate" else ()
    shown = refused(project, command, *BOTH, *more)
    assert "no rule is left to ask: PK001, SEQ001 selected, and ignored as well" in shown


def test_what_the_file_ignores_is_asked_for(project: Project) -> None:
    toml = '[tool.remediate.ignore]\nPK001 = "the loader fills them"\n'
    (project.folder / "pyproject.toml").write_text(toml)
    shown = refused(project, "check", "--select", "PK001")
    assert "no rule is left to ask" in shown
    assert "[tool.remediate.ignore]" in shown


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        (("--schema", "shop", "--table", "orders"),
         "public.orders is in no schema that --schema shop names"),
        (("--schema", "bare"), "--schema bare holds no table with a key"),
        (("--table", "events_1"),
         "public.events_1 is judged with the table that it is part of Name that table: --table public.events"),
    ],
)  # fmt: skip
def test_the_filters_leave_no_table(
    filters: tuple[str, ...], reason: str, project: Project
) -> None:
    for command in ("plan", "check"):
        assert f"nothing to judge: {reason}" in refused(project, command, *filters)


def test_the_project_leaves_the_table_out(project: Project) -> None:
    env = project.folder / "migrations" / "env.py"
    text = env.read_text().replace(
        "target_metadata=", "include_name=lambda n, k, p: n != 'orders', target_metadata="
    )
    assert "include_name" in text
    env.write_text(text)
    shown = refused(project, "plan", "--table", "orders")
    assert "nothing to judge: the project leaves out public.orders See include_name" in shown


def test_rules_of_a_project_without_one(project: Project) -> None:
    url = project.url.render_as_string(hide_password=False)
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    outside = Project(elsewhere, project.url)
    shown = refused(outside, "check", "--select", "MD001,AL001", REMEDIATE_DATABASE_URL=url)
    assert "MD001, AL001 look at an Alembic project, and there is none here" in shown
    shown = refused(outside, "models", REMEDIATE_DATABASE_URL=url)
    assert "nothing to patch" in shown


def test_an_empty_database(newest: Server, tmp_path: Path) -> None:
    """It is mostly another one than was meant: no score of 100, and no green check."""
    with newest.database() as url:
        text = url.render_as_string(hide_password=False)
        outside = Project(tmp_path, url)
        for command in ("plan", "check", "runbook"):
            shown = refused(outside, command, REMEDIATE_DATABASE_URL=text)
            assert f"nothing to judge: the database {url.database} holds no table with a" in shown


@pytest.mark.parametrize(
    ("ddl", "have"),
    [
        ("CREATE TABLE trip AS SELECT g AS id FROM generate_series(1, 9) g", "1 table has"),
        ("CREATE TABLE trip (id integer); CREATE TABLE leg (id text NOT NULL)", "2 tables have"),
        ("CREATE TABLE trip (id integer, v xml) PARTITION BY LIST (id)", "1 table has"),
    ],
)
def test_a_database_without_any_key(ddl: str, have: str, newest: Server, tmp_path: Path) -> None:
    """As a copy leaves it: that nothing says what the keys were is no health."""
    with newest.database() as url:
        text = url.render_as_string(hide_password=False)
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        for command in ("plan", "check"):
            shown = refused(Project(tmp_path, url), command, REMEDIATE_DATABASE_URL=text)
            assert (
                f"nothing to judge: in the database {url.database} {have} no primary key, and no model says what it "
                "is"
            ) in shown


@pytest.mark.parametrize(
    "ddl", ["CREATE TABLE trip (id serial UNIQUE)", "CREATE TABLE trip (id serial)"]
)
def test_a_sequence_is_something_to_judge(ddl: str, newest: Server, tmp_path: Path) -> None:
    with newest.database() as url:
        text = url.render_as_string(hide_password=False)
        with helpers.connected(url) as connection:
            connection.execute(ddl.encode())
        Project(tmp_path, url).run("remediate", "plan", REMEDIATE_DATABASE_URL=text)


def test_no_model_is_asked_for(project: Project) -> None:
    shown = refused(project, "models", "--table", "orders")
    assert "nothing to patch: no model of this project declares a table that is asked for" in shown


def test_nothing_to_verify(project: Project) -> None:
    for words in ((), ("-f", "json"), ("--table", "orders")):
        assert "nothing to verify: no repair is named" in refused(project, "verify", *words)
    plan = project.folder / "none.json"
    project.run("remediate", "plan", "--table", "shop.lines", "--save", str(plan))
    shown = project.run("remediate", "verify", str(plan)).stdout  # what changed since is something
    assert "Changed since the plan was saved: nothing" in shown.splitlines()
    assert "No repair is named." in shown.splitlines()
    project.run("remediate", "plan", "--table", "orders", "--save", str(plan))
    approve = ("--approve", "PK001:public.orders.id", "--reviewer", "Ann")
    project.run("remediate", "review", str(plan), *approve)
    shown = refused(project, "verify", str(plan), "--table", "lines")
    assert "is at the tables that were asked for" in shown


def test_logs_without_a_line(project: Project) -> None:
    (project.folder / "a.log").write_text("")
    shown = refused(project, "triage", "a.log")
    assert "nothing to judge: a.log holds no line" in shown
    (project.folder / "a.log").write_text("all is well\n")
    assert (
        "These logs have no error of a key or a reference."
        in project.run("remediate", "triage", "a.log").stdout
    )


def test_a_range_without_a_revision(project: Project) -> None:
    project.run("alembic", "revision", "-m", "first", "--rev-id", "aa1")
    shown = refused(project, "rehearse", "aa1:aa1")
    assert "nothing to rehearse: aa1:aa1 names no revision" in shown
    project.run("alembic", "upgrade", "head")
    (project.versions / "aa2.py").write_text("revision = 'aa2'\ndef upgrade(:\n")
    shown = project.run("remediate", "rehearse", expected=4).stdout
    assert "Nothing was rehearsed: the history of revisions is broken." in shown
    assert "every revision" not in shown


def test_several_in_one_word(project: Project) -> None:
    listed = project.run(
        "remediate", "plan", "-v", "--table", "orders,lines", "--schema", "shop,pub*"
    )
    assert "public.orders.id" in listed.stdout
    assert "shop.lines.id" in listed.stdout
    assert "odd, name" not in listed.stdout
    odd = project.run("remediate", "plan", "-v", "--table", "odd, name").stdout
    assert '"odd, name".id' in odd
    assert "orders" not in odd
    quoted = project.run("remediate", "plan", "-v", "--table", 'shop."odd, name",orders').stdout
    assert '"odd, name".id' in quoted
    assert "public.orders.id" in quoted
