"""`pytest --remediate`: a test for each rule, and an INSERT for each model."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from remediate.rules import RULES
from tests.support import helpers
from tests.support.project import Project, incident_project

MODELS = """\
import uuid
from sqlalchemy import Column, ForeignKey, Identity, Integer, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}

class Worker(Person):
    __mapper_args__ = {"polymorphic_identity": "worker"}

class Manager(Person):
    __tablename__ = "managers"
    id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "manager"}

class Ticket(Base):
    __tablename__ = "tickets"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))

class Code(Base):
    __tablename__ = "codes"
    id: Mapped[str] = mapped_column(String(5), primary_key=True)
"""
TABLES = """
CREATE TABLE people (id serial PRIMARY KEY, name text NOT NULL, kind text NOT NULL);
CREATE TABLE managers (id integer PRIMARY KEY REFERENCES people);
CREATE TABLE tickets (id uuid PRIMARY KEY DEFAULT gen_random_uuid());
CREATE TABLE codes (id varchar(5) PRIMARY KEY)
"""
REVISION = """\
from alembic import op
revision = "0001"
down_revision = None

def upgrade():
    op.execute({ddl!r})

def downgrade():
    pass
"""


# Healthy, with four tables and no revision.
pytestmark = pytest.mark.project(
    TABLES,
    models="from app import Base\nmetadata = Base.metadata",
    files={"app.py": MODELS, "test_own.py": "def test_own():\n    pass\n"},
)


def outcomes(shown: str) -> dict[str, str]:
    found = re.findall(r"^(remediate::.+?) (PASSED|FAILED|SKIPPED|ERROR)", shown, re.MULTILINE)
    return {name.strip(): outcome for name, outcome in found}


def run(project: Project, *words: str, expected: int = 0, **environment: str) -> str:
    return project.run(
        "pytest", "-v", "--remediate", *words, expected=expected, **environment
    ).stdout


@pytest.mark.soak
def test_without_the_option_nothing_is_imported(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\ndef test_it():\n"
        "    assert 'remediate.plugins.pytest' in sys.modules\n"
        "    assert not {'remediate.plugins.pytest_items', 'alembic', 'sqlalchemy'} & set(sys.modules)\n"
    )
    for words in ((), ("-n", "2")):
        command = [sys.executable, "-m", "pytest", "-q", *words]
        assert (
            "1 passed"
            in subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, check=True
            ).stdout
        )
    command = [sys.executable, "-m", "pytest", "-p", "no:remediate", "--remediate"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "unrecognized arguments: --remediate" in refused.stderr


def test_a_healthy_project(project: Project) -> None:
    made = outcomes(run(project))
    wanted = [f"remediate::{r.code} {r.name}" for r in RULES if not r.asked_for]
    wanted += [
        "remediate::what could not be verified",
        "remediate::insert app.Person",
        "remediate::insert app.Ticket",
    ]
    assert made == dict.fromkeys(wanted, "PASSED")


@pytest.mark.soak
def test_with_xdist(project: Project) -> None:
    shown = run(project, "-n", "2")
    assert "failed" not in shown
    assert "PASSED remediate::insert app.Person" in shown


def test_what_is_broken_fails_with_the_place_and_the_way_on(project: Project) -> None:
    with helpers.connected(project.url) as connection:
        connection.execute("ALTER TABLE people ALTER id DROP DEFAULT")
    shown = run(project, expected=1)
    made = outcomes(shown)
    failed = {name for name, outcome in made.items() if outcome == "FAILED"}
    assert failed == {"remediate::PK001 key-without-default"}
    assert re.search(r"PK001 +public\.people\.id still owns its sequence.* app\.py:10\n", shown)
    generate = 'remediate generate --approve PK001 --reviewer "Your Name"'
    assert f"Why:   remediate explain PK001\nNext:  {generate}" in shown
    assert "Traceback" not in shown
    ignoring = run(project, expected=0, **settings(project, 'ignore.PK001 = "by hand"'))
    assert "PK001" not in ignoring
    selecting = outcomes(run(project, expected=0, **settings(project, 'select = ["SEQ001"]')))
    assert [name for name in selecting if "::SEQ" in name or "::PK" in name] == [
        "remediate::SEQ001 sequence-behind"
    ]


def settings(project: Project, text: str) -> dict[str, str]:
    (project.folder / "pyproject.toml").write_text(f"[tool.remediate]\n{text}\n")
    return {}


@pytest.mark.soak
def test_a_model_is_inserted_by_the_projects_own_revisions(project: Project) -> None:
    """The live database is healthy; a new one made of the revisions would not be."""
    broken = TABLES.replace("people (id serial", "people (id integer")
    (project.versions / "0001_tables.py").write_text(REVISION.format(ddl=broken))
    shown = run(project, "-k", "insert", expected=1)
    assert outcomes(shown) == {
        "remediate::insert app.Person": "FAILED", "remediate::insert app.Ticket": "PASSED",
    }  # fmt: skip
    assert "app.Person expects the database to supply public.people.id" in shown
    assert (
        'null value in column "id" of relation "people" violates not-null constraint (23502)'
        in shown
    )


@pytest.mark.soak
def test_two_rows_must_differ_and_be_positive(project: Project) -> None:
    constant = TABLES.replace("people (id serial", "people (id integer DEFAULT 0").replace(
        "gen_random_uuid()", "'6d3f1c0e-5b1a-4c7d-9e2f-0a1b2c3d4e5f'"
    )
    (project.versions / "0001_tables.py").write_text(REVISION.format(ddl=constant))
    shown = run(project, "-k", "insert", expected=1)
    assert "it got 0, which is no positive number" in shown
    assert "two rows got the same, 6d3f1c0e-5b1a-4c7d-9e2f-0a1b2c3d4e5f" in shown


FILLED = """
CREATE TABLE filled (id integer PRIMARY KEY);
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.id := (SELECT coalesce(max(f.id), 0) + 1 FROM filled f); RETURN NEW; END';
CREATE TRIGGER fill BEFORE INSERT ON filled FOR EACH ROW EXECUTE FUNCTION fill()
"""


@pytest.mark.soak
def test_a_key_that_a_trigger_fills(project: Project) -> None:
    model = (
        "from sqlalchemy import FetchedValue\nclass Filled(Base):\n    __tablename__ = 'filled'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True, server_default=FetchedValue())\n"
    )
    (project.folder / "app.py").write_text(MODELS + model)
    (project.versions / "0001_tables.py").write_text(REVISION.format(ddl=TABLES + ";" + FILLED))
    assert outcomes(run(project, "-k", "insert and Filled")) == {
        "remediate::insert app.Filled": "PASSED"
    }


@pytest.mark.soak
def test_revisions_that_do_not_run(project: Project) -> None:
    (project.versions / "0001_tables.py").write_text(
        REVISION.format(ddl="CREATE EXTENSION nowhere")
    )
    shown = run(project, "-k", "insert", expected=1)
    assert shown.count("this project's revisions do not run on an empty database") >= 2
    assert "INTERNALERROR" not in shown


ADDED = """\
from alembic import op
import sqlalchemy as sa
revision = {id!r}
down_revision = {down!r}

def upgrade():
    op.add_column("people", sa.Column({id!r}, sa.Integer))
"""


@pytest.mark.soak
def test_a_history_that_starts_from_create_all(project: Project) -> None:
    """Its revisions cannot make the tables; the live schema and what waits show as much.

    What waits runs in the order of the history, which is not that of the ids.
    """
    for id_, down in (("ran", None), ("waits", "ran"), ("again", "waits")):
        (project.versions / f"{id_}.py").write_text(ADDED.format(id=id_, down=down))
    with (project.versions / "again.py").open("a") as last:
        last.write("    op.drop_column('people', 'waits')\n")
    project.run("alembic", "stamp", "ran")
    shown = run(project, "-rP", "-k", "insert or new")
    assert outcomes(shown) == {
        "remediate::a new database": "SKIPPED",
        "remediate::insert app.Person": "PASSED", "remediate::insert app.Ticket": "PASSED",
    }  # fmt: skip
    assert (
        "Tried on the schema of the live database: this project's revisions do not run on an empty "
        'database (migrations/versions/ran.py:7: relation "people" does not exist).'
    ) in shown
    text = ADDED.format(id="waits", down="ran").replace('"people"', '"nowhere"')
    (project.versions / "waits.py").write_text(text)
    failed = run(project, "-k", "insert", expected=1)
    assert (
        'nor on the schema of the live one: migrations/versions/waits.py:7: relation "nowhere"'
        in failed
    )


@pytest.mark.soak
def test_what_psql_did_and_nobody_recorded(project: Project) -> None:
    """It is not run again."""
    with helpers.connected(project.url) as connection:
        connection.execute("ALTER TABLE people ALTER id DROP DEFAULT")
    (project.versions / "ran.py").write_text(ADDED.format(id="ran", down=None))
    project.run("alembic", "stamp", "ran")
    hotfix = ("--hotfix", "people", "--reviewer", "Ann", "--no-rehearse")
    project.run("remediate", "runbook", *hotfix)
    (revision,) = project.generated()
    waits = run(project, "-k", "PK001", expected=1)
    assert f"Next:  alembic upgrade head   ({revision.name[:12]} has not run yet)" in waits
    project.psql(next(project.versions.glob("*.hotfix.sql")).read_text())
    told = project.run("remediate", "rehearse", expected=4).stdout
    assert "not judged: psql has repaired this" in " ".join(told.split())
    assert f"Next:  alembic stamp {revision.name[:12]}   (" in told
    assert outcomes(run(project, "-k", "insert or new")) == {
        "remediate::a new database": "SKIPPED",
        "remediate::insert app.Person": "PASSED", "remediate::insert app.Ticket": "PASSED",
    }  # fmt: skip


@pytest.mark.soak
def test_revisions_run_as_env_py_lets_them_and_reach_no_live_database(project: Project) -> None:
    naming = "MetaData(naming_convention={'ck': '%(table_name)s_%(constraint_name)s_ok'})"
    env = project.folder / "migrations" / "env.py"
    env.write_text(
        env.read_text()
        .replace("MetaData()", naming)
        .replace("from app import Base\nmetadata = Base.metadata", "import app")
    )
    text = REVISION.format(ddl=TABLES).replace(
        "def downgrade",
        "    import os, sqlalchemy as sa\n"
        "    engine = sa.create_engine(os.environ['DATABASE_URL'], poolclass=sa.NullPool)\n"
        "    here = 'SELECT current_database()'\n"
        "    assert engine.connect().exec_driver_sql(here).scalar() == "
        "op.get_bind().exec_driver_sql(here).scalar()\n"
        "    op.create_check_constraint('id', 'people', 'id > 0')\n"
        "    op.execute('ALTER TABLE people DROP CONSTRAINT people_id_ok')\n\ndef downgrade",
    )
    (project.versions / "0001_tables.py").write_text(text)
    assert "FAILED" not in run(project, "-k", "insert", expected=None)


@pytest.mark.soak
def test_what_cannot_be_read_is_not_a_failure(project: Project) -> None:
    with helpers.connected(project.url) as connection:
        connection.execute("INSERT INTO people VALUES (1, 'a', 'person')")
    with helpers.connected(project.url, autocommit=False) as blocker:
        blocker.execute("LOCK TABLE people IN ACCESS EXCLUSIVE MODE")
        shown = run(project, "-rs", "-k", "remediate and not insert")
    assert outcomes(shown)["remediate::what could not be verified"] == "SKIPPED"
    assert "another session holds a lock on it" in shown


@pytest.mark.soak
def test_without_a_database_one_test_fails(project: Project) -> None:
    url = project.url.set(database="nowhere").render_as_string(hide_password=False)
    shown = run(project, expected=1, DATABASE_URL=url)
    assert outcomes(shown) == {"remediate::reading": "FAILED"}
    assert 'database "nowhere" does not exist' in shown
    assert "1 failed, 1 passed" in shown


@pytest.mark.soak
def test_from_elsewhere(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = Project(tmp_path_factory.mktemp("elsewhere"), project.url)
    settings(project, 'select = ["PK001"]')
    ini = str(project.folder / "alembic.ini")
    assert len(outcomes(run(elsewhere, f"--remediate-config={ini}"))) == 4
    assert list(outcomes(run(elsewhere, expected=1))) == ["remediate::reading"]


def test_the_incident(newest: Server, tmp_path: Path) -> None:
    with incident_project(newest, tmp_path) as made:
        shown = run(made, expected=1)
        results = outcomes(shown)
        assert results["remediate::PK001 key-without-default"] == "FAILED"
        inserts = {k: v for k, v in results.items() if "::insert " in k}
        assert list(inserts.values()).count("FAILED") == 26
