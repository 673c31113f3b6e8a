"""Projects that are started from elsewhere, by code of their own, or on another database."""

import sqlite3
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.support import helpers
from tests.support.project import Project

BROKEN = "CREATE TABLE t (id integer PRIMARY KEY)"
URL_ENV = """
from alembic import context
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, pool

metadata = MetaData()
Table("t", metadata, Column("id", Integer, primary_key=True))
engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
"""
INI = "[alembic]\nscript_location = migrations\nsqlalchemy.url = sqlite:///{}\n"


def url_of(made: Project) -> str:
    return made.url.render_as_string(hide_password=False)


def said(result: CompletedProcess[str]) -> str:
    assert "Traceback" not in result.stderr
    return " ".join((result.stdout + result.stderr).split())


def found(made: Project, *words: str, **environment: str) -> set[str]:
    """The errors that are proven: they need the models."""
    findings = made.json("plan", *words, **environment)["findings"]
    return {f["id"] for f in findings if (f["severity"], f["confidence"]) == ("error", "proven")}


KEY = {"PK001:public.t.id"}


# From elsewhere


@pytest.mark.project(BROKEN)
def test_relative_paths_lead_from_where_it_is_started(project: Project) -> None:
    """As for alembic, also those that env.py opens; whose own folder still serves imports."""
    env = project.folder / "migrations" / "env.py"
    env.write_text('assert open("here.txt").read() == "here"\nimport helpers\n' + env.read_text())
    (project.folder / "here.txt").write_text("here")
    ini = project.folder / "deploy" / "alembic.ini"
    ini.parent.mkdir()
    ini.write_text("[alembic]\nscript_location = migrations\nprepend_sys_path = .\n")
    (ini.parent / "helpers.py").write_text("")
    config = ("-c", "deploy/alembic.ini")
    assert found(project, *config) == KEY
    doctor = said(project.run("remediate", "doctor", *config))
    assert "ok Configuration deploy/alembic.ini [alembic] ok Migrations migrations" in doctor
    generate = ("generate", *config, "--approve", "all", "--reviewer", "Ann")
    made = project.run("remediate", *generate).stdout
    assert made.startswith("migrations/versions/")
    assert len(project.generated()) == 1


@pytest.mark.project(BROKEN)
def test_a_folder_that_is_there_only_beside_the_file(project: Project) -> None:
    (project.folder / "alembic.ini").write_text(INI.format(""))
    elsewhere = Project(project.folder / "migrations", project.url)
    refused = said(elsewhere.run("remediate", "plan", "-c", "../alembic.ini", expected=2))
    assert f"script_location is migrations, which is not below {elsewhere.folder}" in refused
    assert "run it where alembic is run, or write %(here)s before the path" in refused


# Another database than PostgreSQL


@pytest.mark.project(BROKEN, env=URL_ENV)
def test_sqlite_is_no_postgresql(project: Project) -> None:
    (project.folder / "alembic.ini").write_text(INI.format("local.db"))
    before = project.files()
    sentence = "env.py connects to SQLite (local.db), and remediate works on PostgreSQL Set the"
    for command in ("plan", "verify", "check"):
        assert sentence in said(project.run("remediate", command, expected=2))
    assert "x env.py env.py connects to SQLite" in said(
        project.run("remediate", "doctor", expected=2)
    )
    assert project.files() == before
    assert project.json("check", "--models-only")["model_tables"] == 1
    assert project.files() == before


@pytest.mark.project(BROKEN, env=URL_ENV)
def test_the_database_url_is_that_of_every_command(project: Project) -> None:
    (project.folder / "alembic.ini").write_text(INI.format("local.db"))
    given = {"REMEDIATE_DATABASE_URL": url_of(project)}
    assert found(project, **given) == KEY
    assert f"/{project.url.database}, " in said(project.run("remediate", "doctor", **given))
    env = project.folder / "migrations" / "env.py"
    env.write_text(
        URL_ENV.replace(
            "engine = create_engine(", f"engine = create_engine({url_of(project)!r} or "
        )
    )
    other = project.url.set(database="another").render_as_string(hide_password=False)
    for command in ("plan", "doctor"):
        refused = project.run("remediate", command, expected=2, REMEDIATE_DATABASE_URL=other)
        assert f"env.py connects to local socket/{project.url.database}, not to" in said(refused)


SETS = "    connection.exec_driver_sql('SET x TO y')\n    context.configure("


@pytest.mark.project(BROKEN, env=URL_ENV.replace("    context.configure(", SETS))
def test_an_error_of_sqlite_is_no_error_of_postgresql(project: Project) -> None:
    """A database that was there stays as it is, even an empty one."""
    (project.folder / "alembic.ini").write_text(INI.format("local.db"))
    file = project.folder / "local.db"
    refused = said(project.run("remediate", "plan", expected=2))
    assert "env.py connects to SQLite, and remediate works on PostgreSQL" in refused
    assert not file.exists()
    sqlite3.connect(file).close()
    file.touch()
    project.run("remediate", "plan", expected=2)
    assert file.exists()


# What env.py needs around it

NEEDY = """
import os, shop
from alembic import context
from sqlalchemy import create_engine, pool

assert shop.READY, "not inside of the command"
engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=shop.Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
"""
SHOP = """
from contextlib import contextmanager
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

READY = False
Base = declarative_base()

class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)

def set_up():
    global READY
    READY = True

@contextmanager
def inside():
    global READY
    READY = True
    yield
    READY = False

class Application:
    def app_context(self):
        return inside()
    def __call__(self, environ, start_response):
        raise AssertionError("this is for requests")

application = Application()

def make():
    return Application()

def broken():
    raise KeyError("SHOP_KEY")

def number():
    return 3
"""
needy = pytest.mark.project(BROKEN, env=NEEDY, files={"shop.py": SHOP})


@needy
def test_the_error_of_env_py_says_how_to_hand_it_in(project: Project) -> None:
    refused = said(project.run("remediate", "plan", expected=2))
    assert (
        "env.py failed: AssertionError: not inside of the command Check that `alembic current`"
        in refused
    )
    assert "--env package.module:function" in refused
    assert "REMEDIATE_DATABASE_URL, and --metadata package.module:Base.metadata" in refused


@needy
@pytest.mark.parametrize("name", ["set_up", "inside", "make", "application"])
def test_a_function_makes_it_ready(project: Project, name: str) -> None:
    (project.folder / "pyproject.toml").write_text(f'[tool.remediate]\nenv = "shop:{name}"\n')
    assert found(project) == KEY
    assert found(project, "--env", "shop:set_up") == KEY
    doctor = said(project.run("remediate", "doctor"))
    assert "1 MetaData, 1 table" in doctor
    assert f"alembic.ini [alembic], pyproject.toml [tool.remediate], --env shop:{name} ok" in doctor


@needy
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("shop:broken", "--env shop:broken failed: KeyError: 'SHOP_KEY' It is called without"),
        (
            "shop:number",
            "--env shop:number returns a value of the type int It is called without arguments",
        ),
        ("shop:gone", "--env shop:gone cannot be imported: AttributeError: module 'shop' has no"),
        ("no_shop:x", "--env no_shop:x cannot be imported: ModuleNotFoundError"),
        ("shop.make", "--env shop.make names no attribute of a module Write it as"),
    ],
)
def test_a_function_that_is_of_no_use(project: Project, name: str, sentence: str) -> None:
    for command in ("plan", "doctor"):
        result = project.run("remediate", command, "--env", name, expected=2)
        assert sentence in said(result).replace("-> ", "")


CONFIG = """
from alembic.config import Config

def config():
    made = Config("alembic.ini")
    made.set_main_option("script_location", "migrations")
    made.set_main_option("version_locations", "more:migrations/versions")
    made.set_main_option("path_separator", "os")
    made.attributes["tenant"] = "acme"
    return made
"""
TENANT = NEEDY.replace("assert shop.READY", "assert context.config.attributes['tenant']")


@pytest.mark.project(BROKEN, env=TENANT, files={"shop.py": SHOP, "db.py": CONFIG})
def test_a_config_that_python_made(project: Project) -> None:
    """Its ini file may have no section for Alembic."""
    (project.folder / "alembic.ini").write_text("[logging]\nlevel = info\n")
    (project.folder / "more").mkdir()
    (project.folder / "more" / "a.py").write_text("revision = 'a'\ndown_revision = None\n")
    refused = said(project.run("remediate", "plan", expected=2))
    assert "has no section [alembic]" in refused
    assert "hand its Config in: --env package.module:function" in refused
    assert found(project, "--env", "db:config") >= KEY
    assert project.json("plan", "--env", "db:config")["project"]["heads"] == ["a"]
    assert "more, migrations/versions: 1 revision" in said(
        project.run("remediate", "doctor", "--env", "db:config", expected=2)
    )


SETS_FOLDERS = """
from alembic import context
context.script.version_locations = ["more"]
"""


@pytest.mark.soak
@pytest.mark.project(BROKEN, env=SETS_FOLDERS + URL_ENV)
def test_version_locations_that_env_py_sets(project: Project) -> None:
    (project.folder / "alembic.ini").write_text(INI.format("x.db"))
    (project.folder / "more").mkdir()
    (project.folder / "more" / "a.py").write_text("revision = 'a'\ndown_revision = None\n")
    given = {"REMEDIATE_DATABASE_URL": url_of(project)}
    assert project.json("plan", **given)["project"]["heads"] == ["a"]
    doctor = said(project.run("remediate", "doctor", expected=2, **given))
    assert "ok Versions more: 1 revision ok Heads a" in doctor
    assert "x At revision no revision yet; 1 not applied: a" in doctor
    with helpers.connected(project.url) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num varchar(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('a')")
    generate = ("generate", "--approve", "all", "--reviewer", "Ann")
    made = project.run("remediate", *generate, **given)
    assert made.stdout.startswith("more/")


# In place of env.py


@pytest.mark.soak
@needy
def test_models_and_url_in_place_of_env_py(project: Project) -> None:
    given = {"REMEDIATE_DATABASE_URL": url_of(project)}
    for name in ("shop:Base.metadata", "shop:Base", "shop:Base,shop:Base.metadata"):
        assert found(project, "--metadata", name, **given) == KEY
    doctor = said(project.run("remediate", "doctor", "--metadata", "shop:Base", **given))
    assert "ok Models 1 MetaData, 1 table" in doctor
    assert project.json("check", "--models-only", "--metadata", "shop:Base")["model_tables"] == 1
    generate = ("generate", "--metadata", "shop:Base", "--approve", "all", "--reviewer", "Ann")
    project.run("remediate", *generate, **given)
    assert len(project.generated()) == 1


@needy
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("shop:make", "--metadata shop:make is a function, not a MetaData Name what env.py"),
        ("shop:Base", "--metadata takes the place of env.py, which would open the database Name"),
        ("shop", "--metadata shop names no attribute of a module"),
    ],
)
def test_models_that_are_of_no_use(project: Project, name: str, sentence: str) -> None:
    given = {} if name == "shop:Base" else {"REMEDIATE_DATABASE_URL": url_of(project)}
    assert sentence in said(
        project.run("remediate", "plan", "--metadata", name, expected=2, **given)
    )


@needy
def test_models_and_url_without_a_project(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "shop.py").write_text(SHOP)
    alone = Project(folder, project.url)
    given = {"REMEDIATE_DATABASE_URL": url_of(project)}
    assert found(alone, **given) == set()
    assert found(alone, "--metadata", "shop:Base", **given) == KEY
    assert alone.json("plan", "--metadata", "shop:Base", **given)["model_tables"] == 1
    assert alone.json("plan", **given)["model_tables"] is None
    doctor = said(alone.run("remediate", "doctor", "--metadata", "shop:Base", **given))
    assert "ok Models 1 MetaData, 1 table" in doctor


# Flask-Migrate

FLASK = """
import contextlib, os
current_app = None

@contextlib.contextmanager
def pushed():
    global current_app
    current_app = "shop"
    yield
    current_app = None
"""
FLASK_CLI = """
import flask

class NoAppException(Exception): pass

def load_dotenv(): pass

class Application:
    def app_context(self):
        return flask.pushed()

class ScriptInfo:
    def __init__(self, app_import_path=None):
        self.app_import_path = app_import_path
    def load_app(self):
        if self.app_import_path != "shop":
            raise NoAppException("Could not locate a Flask application.")
        return Application()
"""
FLASK_ENV = NEEDY.replace("import os, shop", "import os, shop, flask").replace(
    'assert shop.READY, "not inside of the command"',
    "if not flask.current_app: raise RuntimeError('Working outside of application context.')",
)


@pytest.mark.project(
    BROKEN, env=FLASK_ENV,
    files={"shop.py": SHOP, "flask/__init__.py": FLASK, "flask/cli.py": FLASK_CLI},
)  # fmt: skip
def test_a_project_of_flask_migrate(project: Project) -> None:
    """Its ini file is beside env.py, names no script_location, and `flask` pushes the context."""
    (project.folder / "alembic.ini").unlink()
    (project.folder / "migrations" / "alembic.ini").write_text("[alembic]\n")
    paths = {"PYTHONPATH": str(project.folder)}
    refused = said(project.run("remediate", "plan", expected=2, **paths))
    assert (
        "env.py needs a Flask application, and none was loaded: Could not locate a Flask "
        "application. Set FLASK_APP as for `flask db`, or hand the application in: --env"
    ) in refused
    assert found(project, FLASK_APP="shop", **paths) == KEY
    assert found(project, "-c", "migrations/alembic.ini", FLASK_APP="shop", **paths) == KEY
    assert found(project, "--env", "flask.cli:Application", **paths) == KEY
    doctor = said(project.run("remediate", "doctor", FLASK_APP="shop", **paths))
    assert "ok Configuration migrations/alembic.ini [alembic] ok Migrations migrations" in doctor

    env = project.folder / "migrations" / "env.py"
    env.write_text(FLASK_ENV.replace("if not", "flask.pushed().__enter__()\nif not"))
    assert found(project, **paths) == KEY
