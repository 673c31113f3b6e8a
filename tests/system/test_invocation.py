"""The commands that are named next find the project that this one has found."""

import shlex
from collections.abc import Iterator
from dataclasses import replace

import pytest

from remediate.system import invocation
from tests.support.project import Project


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    invocation.remember(None, None, None, None, None)
    invocation.remember_shaping({})


def test_options_are_repeated_as_a_shell_takes_them() -> None:
    invocation.remember("conf/shop.ini", "east", ["tenant=a b", "dry"], None, ["shop.db:Base"])
    shared = "-c conf/shop.ini -n east -x 'tenant=a b' -x dry"
    assert invocation.remediate("plan -v") == f"remediate plan {shared} --metadata shop.db:Base -v"
    assert invocation.remediate("plan") == f"remediate plan {shared} --metadata shop.db:Base"
    assert invocation.alembic("upgrade head") == f"alembic {shared} upgrade head"
    assert invocation.remediate("review plan.json") == "remediate review plan.json"


@pytest.mark.parametrize("given", [
    "password=hunter22", "db_pw=x", "API_TOKEN=abc", "secretKey=1", "dburl=h/db", "DSN=host=h password=p",
    "at=postgresql://u:p@h/db", "postgresql://u:p@h/db", "postgresql://u:p@h/db?sslmode=require",
])  # fmt: skip
def test_what_may_be_a_secret_is_not_repeated(given: str) -> None:
    invocation.remember(None, None, [given, "tenant=7"], None, None)
    name, sign, _ = given.partition("=")
    shown = "..." if "://" in name else f"{name}{sign}..."
    assert invocation.remediate("plan") == f"remediate plan -x {shown} -x tenant=7"


def test_what_runs_around_env_py_is_the_applications() -> None:
    invocation.remember(None, None, None, "shop.web:create_app", None)
    assert invocation.remediate("doctor") == "remediate doctor --env shop.web:create_app"
    assert invocation.alembic("check") == "alembic check   # as the application runs Alembic"


def test_nothing_is_repeated_where_nothing_was_given() -> None:
    invocation.remember(None, None, [], None, [])
    assert invocation.remediate("models --write") == "remediate models --write"
    assert invocation.alembic("upgrade heads") == "alembic upgrade heads"


def test_what_the_plan_was_narrowed_to_is_repeated_once() -> None:
    invocation.remember_shaping(
        {"table": ["a b", "c"], "select": ["PK001"], "identity": True, "uuid": None, "headroom": 0}
    )
    narrow = "--table 'a b' --table c"
    for command, told in {
        "plan": "plan",
        "plan --sql": f"plan {narrow} --select PK001 --identity --headroom 0 --sql",
        "plan --sql -o r.sql --select PK002": f"plan {narrow} --identity --headroom 0 --sql -o r.sql --select PK002",
        "runbook --hotfix c": f"runbook {narrow} --select PK001 --identity --headroom 0 --hotfix c",
        "verify": "verify",
    }.items():
        assert invocation.remediate(command) == f"remediate {told}"


SHAPED = "--table l* --select PK001 --identity --headroom 9"


@pytest.mark.project(
    "CREATE TABLE lamps (id integer PRIMARY KEY); CREATE TABLE other (id integer PRIMARY KEY)",
    models="from sqlalchemy import Column, Integer, Table\nfor t in ('lamps', 'other'):\n"
    "    Table(t, metadata, Column('id', Integer, primary_key=True))\n",
)
def test_what_is_approved_next_is_what_was_shown(project: Project) -> None:
    shown = project.run("remediate", "plan", *SHAPED.split()).stdout
    quoted = "--table 'l*' --select PK001 --headroom 9 --identity"
    next_ = f'remediate generate {quoted} --approve all --reviewer "Your Name"'
    assert shown.splitlines()[-1] == f"Fast:  {next_}"
    waiting = project.run("remediate", "status", "--table", "l*", "--select", "PK001").stdout
    assert waiting.splitlines()[-1].startswith("Next:  remediate generate --table 'l*' --select")
    nothing = project.run("remediate", "plan", "--table", "l*", "--select", "SEQ001").stdout
    again = "Next:  remediate plan --table 'l*' --select SEQ001 -v"
    assert nothing.splitlines()[-1].startswith(again)
    book = project.run("remediate", "runbook", "--table", "lamps").stdout
    assert 'remediate generate --table lamps --approve all --reviewer "Your Name"' in book
    assert 'remediate runbook --table lamps --hotfix lamps --reviewer "Your Name"' in book
    outside = replace(project, folder=project.folder.parent)
    url = project.url.render_as_string(hide_password=False)
    words = "runbook", "--table", "lamps"
    bare = outside.run("remediate", *words, REMEDIATE_DATABASE_URL=url).stdout
    assert "remediate plan --table lamps --sql -o repair.sql" in bare
    project.run(*shlex.split(next_.replace("Your Name", "Ann")), "--no-rehearse")
    (written,) = project.generated()
    assert "public.other" not in written.read_text()


@pytest.mark.project(
    "CREATE TABLE lamps (id integer PRIMARY KEY); CREATE SEQUENCE lamps_id_seq OWNED BY lamps.id"
)
def test_the_next_command_says_them_again(project: Project) -> None:
    (project.folder / "alembic.ini").rename(project.folder / "lamps.ini")
    words = ("-c", "lamps.ini", "-x", "color=warm white")
    shown = project.run("remediate", "plan", *words).stdout
    options = "-c lamps.ini -x 'color=warm white'"
    assert f"Fast:  remediate generate {options} --approve " in shown
    assert (
        f"remediate generate {options} --approve "
        in project.run("remediate", "runbook", *words).stdout
    )
