"""`remediate tests`: the module is green after the repair, red before it, without remediate."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.commands import triage
from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, incident_project, small_project

GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
HOSTILE = "we\"ird %s :name \\ $1\n'x"
DDL = """
CREATE TYPE "mo%od" AS ENUM ('it''s', 'b');
CREATE TABLE t (id integer PRIMARY KEY);
CREATE TABLE "{name}" ("{name}" bigint PRIMARY KEY, "{name}2" "mo%od" NOT NULL, at timestamptz NOT NULL);
CREATE TABLE parent (id integer PRIMARY KEY, code text NOT NULL UNIQUE);
CREATE TABLE child (id integer PRIMARY KEY, parent_id integer NOT NULL UNIQUE REFERENCES parent,
  kind varchar(8) NOT NULL CHECK (kind IN ('small', 'large')),
  stars smallint NOT NULL CHECK (stars BETWEEN 3 AND 5), flag boolean NOT NULL,
  owner_id varchar(10), "{name}_id" bigint);
INSERT INTO parent VALUES (7, 'a'), (8, 'b');
INSERT INTO child VALUES (3, 7, 'small', 4, false, '8')
"""
MODELS = """\
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table
name = {name!r}
for table in ("t", "parent"):
    Table(table, metadata, Column("id", Integer, primary_key=True))
other = Table(name, metadata, Column(name, BigInteger, primary_key=True))
Table("child", metadata, Column("id", Integer, primary_key=True),
    Column("owner_id", Integer, ForeignKey("parent.id")),
    Column(name + "_id", BigInteger, ForeignKey(other.c[0])))
"""
ALONE = "import sys\nsys.modules['remediate'] = None\n"


pytestmark = pytest.mark.project(
    DDL.format(name=HOSTILE.replace('"', '""')),
    models=MODELS.format(name=HOSTILE),
    files={"conftest.py": ALONE},
)


@pytest.fixture
def project(project: Project) -> Project:
    """Small, with hostile names, CHECKs, a required parent; repaired."""
    project.run(*GENERATE)
    project.run("alembic", "upgrade", "head")
    return project


def run(project: Project, *words: str, expected: int = 0, **environment: str) -> str:
    """The module, where remediate cannot be imported."""
    given = ("pytest", "-q", "-p", "no:remediate", *words)
    return project.run(*given, expected=expected, **environment).stdout


def test_green_after_the_repair_and_red_before(project: Project, newest: Server) -> None:
    shown = project.run("remediate", "tests")
    assert (
        "tests/test_database_keys.py\n  4 keys, 3 references, 3 ON DELETE rules\n" in shown.stdout
    )
    module = project.folder / "tests" / "test_database_keys.py"
    before = contents(project)
    assert "11 passed" in run(project)
    assert contents(project) == before
    assert formatted(module)
    project.run("alembic", "downgrade", "base")
    log = project.folder / "log"
    with helpers.own_log(newest, log):
        red = run(project, expected=1)
    found = triage.read([str(log)])
    assert (found.groups, found.others) == ((), 0)  # for triage no user met them
    assert found.own >= 10
    assert "10 failed, 1 passed" in red
    assert 'null value in column "id" of relation "t" violates not-null constraint' in red


def contents(project: Project) -> list[object]:
    with helpers.connected(project.url) as connection:
        return connection.execute("SELECT * FROM parent, child").fetchall()


REPAIRED = """
CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE owner (id serial PRIMARY KEY);
CREATE TABLE child (owner_id integer REFERENCES owner)
"""
BROKEN = [
    ("ALTER TABLE t ALTER id DROP DEFAULT", "null value in column"),
    ("ALTER SEQUENCE t_id_seq MINVALUE -9 RESTART -5", "assert -5 > 0"),
    ("ALTER TABLE t ALTER id TYPE text, ALTER id SET DEFAULT nextval('t_id_seq')", "assert isinstance("),
    ("ALTER TABLE t DROP CONSTRAINT t_pkey; INSERT INTO t VALUES (5); SELECT setval('t_id_seq', 4)",
     "5 existed before"),
    ("ALTER TABLE child DROP CONSTRAINT child_owner_id_fkey", "DID NOT RAISE"),
    ("ALTER TABLE child RENAME CONSTRAINT child_owner_id_fkey TO other", "child_owner_id_fkey"),
]  # fmt: skip


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(("damage", "said"), BROKEN, ids=[said for _, said in BROKEN])
def test_what_is_broken_again_is_red(damage: str, said: str, repaired: Project) -> None:
    with helpers.connected(repaired.url) as connection:
        connection.execute(damage)
    red = run(repaired, expected=1)
    both = said in ("DID NOT RAISE", "child_owner_id_fkey")  # an unknown id, and a DELETE
    assert ("2 failed, 2 passed" if both else "1 failed, 3 passed") in red
    assert said in red


def test_a_row_as_it_is_made_up_may_be_there_already(repaired: Project) -> None:
    repaired.psql(
        "ALTER TABLE owner ADD week integer UNIQUE; INSERT INTO owner (week) SELECT generate_series(1, 6);"
        "ALTER TABLE owner ALTER week SET NOT NULL"
    )
    repaired.run("remediate", "tests")
    shown = run(repaired, "-rs")
    assert "3 passed, 1 skipped" in shown
    assert "public.owner has values of this row already, so nothing was tried: INSERT INTO" in shown


@pytest.fixture
def repaired(newest: Server, tmp_path: Path) -> Iterator[Project]:
    """A key and a reference, repaired by a revision written by hand; with its module."""
    with small_project(newest, tmp_path, REPAIRED) as made:
        note = "\n\nRepairs:\n  * PK001:public.t.id\n  * FK003:public.child.owner_id\n"
        text = f'"""By hand.{note}"""\nrevision, down_revision = "1", None\ndef upgrade(): pass\n'
        (made.versions / "1_by_hand.py").write_text(text)
        made.run("alembic", "upgrade", "head")
        made.run("remediate", "tests")
        yield made


@pytest.mark.soak
def test_without_a_database_one_test_fails(repaired: Project) -> None:
    shown = run(repaired, "-rs", expected=1, DATABASE_URL="")
    assert "1 failed, 3 skipped" in shown
    assert "set DATABASE_URL to the URL of the database whose keys are to be tested" in shown
    repaired.run("remediate", "tests", "--url-variable", "OTHER", "-o", "elsewhere/test_them.py")
    assert "set OTHER to the URL" in run(repaired, "elsewhere", expected=1)
    url = repaired.url.render_as_string(hide_password=False)
    assert "4 passed" in run(repaired, "elsewhere", OTHER=url)


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("driver", ["psycopg2", "asyncpg"])
def test_with_other_drivers(driver: str, repaired: Project) -> None:
    """env.py reads another variable: it takes no asynchronous driver."""
    url = repaired.url.set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)
    repaired.run("remediate", "tests", "--url-variable", "APP_URL", APP_URL=url)
    module = repaired.folder / "tests" / "test_database_keys.py"
    assert ("asyncio" in module.read_text()) == (driver == "asyncpg")
    assert formatted(module)
    assert "4 passed" in run(repaired, APP_URL=url)
    if driver == "psycopg2":
        shown = run(repaired, expected=1, APP_URL=url.replace(driver, "asyncpg"))
        assert "APP_URL: a driver such as psycopg, or write this file anew with it" in shown


def formatted(module: Path) -> bool:
    tools = (("check",), ("format", "--diff"))
    return not any(
        subprocess.run(
            [sys.executable, "-m", "ruff", *tool, "--isolated", "--line-length", "100", module],
            check=False,
        ).returncode
        for tool in tools
    )


def test_it_overwrites_only_what_it_wrote(repaired: Project) -> None:
    module = repaired.folder / "tests" / "test_database_keys.py"
    written = module.read_text()
    module.write_text(written.replace("\n\n\n", "\n"))  # as a formatter might
    repaired.run("remediate", "tests")
    assert module.read_text() == written
    module.write_text(written.replace("DEFAULT VALUES", "(id) VALUES (DEFAULT)"))
    refused = repaired.run("remediate", "tests", expected=3).stderr
    assert "is not as `remediate tests` wrote it" in refused
    assert "(id) VALUES (DEFAULT)" in module.read_text()


@pytest.mark.soak
def test_what_is_left_out_is_said(repaired: Project) -> None:
    def execute(statement: str) -> None:
        with helpers.connected(repaired.url) as connection:
            connection.execute(statement)

    execute("ALTER TABLE t ADD c integer NOT NULL, ADD CHECK (c * c = 49 AND c < 0)")
    shown = repaired.run("remediate", "tests")
    assert (
        "left out: public.t: remediate cannot make up a row of it, or of what it refers to"
        in shown.stderr
    )
    assert "0 keys, 1 reference, 1 ON DELETE rule\n" in shown.stdout
    assert "3 passed" in run(repaired)
    execute("ALTER TABLE t DROP c")
    execute("ALTER TABLE child ALTER CONSTRAINT child_owner_id_fkey NOT ENFORCED")
    shown = repaired.run("remediate", "tests")
    assert "left out: public.child.owner_id: no foreign key is enforced" in shown.stderr
    execute("DROP TABLE child; ALTER TABLE t RENAME TO other")
    assert (
        "no revision that this database has run"
        in repaired.run("remediate", "tests", expected=2).stderr
    )
    execute("ALTER TABLE other RENAME TO t")
    shown = repaired.run("remediate", "tests")
    assert "left out: public.child.owner_id: no foreign key is enforced" in shown.stderr
    assert "1 key, 0 references, 0 ON DELETE rules\n" in shown.stdout
    assert "2 passed" in run(repaired)


def test_a_row_that_would_have_to_stand_before_itself(repaired: Project) -> None:
    with helpers.connected(repaired.url) as connection:
        connection.execute(
            "ALTER TABLE child ADD id integer PRIMARY KEY, ADD up integer NOT NULL REFERENCES child"
        )
    shown = repaired.run("remediate", "tests")
    assert "left out: public.child: remediate cannot make up a row" in shown.stderr
    assert "2 passed" in run(repaired)


def test_a_project_without_repairs(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path) as made:
        shown = made.run("remediate", "tests", expected=2).stderr
        assert "Run: remediate generate, then alembic upgrade head." in shown
        made.run(*GENERATE, "--no-rehearse")
        assert " waits)" in made.run("remediate", "tests", expected=2).stderr
        assert not (made.folder / "tests").exists()


@pytest.mark.soak
def test_the_incident(newest: Server, tmp_path: Path) -> None:
    with incident_project(newest, tmp_path) as made:
        made.run(*GENERATE, "--no-rehearse")
        made.run("alembic", "upgrade", "head")
        made.run("remediate", "tests")
        module = made.folder / "tests" / "test_database_keys.py"
        assert formatted(module)
        assert max(map(len, module.read_text().splitlines())) <= 100
        assert "86 passed" in run(made)
        made.run("alembic", "downgrade", "-1")
        assert "85 failed, 1 passed" in run(made, expected=1)
