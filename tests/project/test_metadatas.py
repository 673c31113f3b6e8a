"""Models that env.py does not import, or does not give to Alembic: found, and never at a price."""

from typing import Any

import pytest

from tests.support.project import Project

ENV = """
import os
from alembic import context
from sqlalchemy import create_engine, pool
from app.db import Base
import app.users

engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
"""
HEAD = (
    "from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table\nfrom app.db import Base\n"
)
APP = {
    "app/__init__.py": "",
    "app/db.py": "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
    "app/users.py": HEAD
    + "class User(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n",
}
DDL = (
    "CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE u (id serial PRIMARY KEY);"
    "CREATE SCHEMA two CREATE TABLE t (id serial PRIMARY KEY)"
)


def model(name: str, base: str = "Base") -> str:
    return (
        f"class {name.capitalize()}({base}):\n    __tablename__ = {name!r}\n    id = Column(Integer, "
        "primary_key=True)\n"
    )


pytestmark = pytest.mark.project(DDL, env=ENV, files=APP)


def add(project: Project, **files: str) -> None:
    for name, text in files.items():
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def told(project: Project) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Findings by id; what is unverified, with the reason."""
    made = project.json("plan")
    unverified = {u["subject"]: u["reason"] for u in made["unverified"]}
    return {f["id"]: f for f in made["findings"]}, unverified


def test_nothing_to_say(project: Project) -> None:
    assert told(project) == ({}, {})


def test_a_module_that_env_py_does_not_import(project: Project) -> None:
    """Its table is one that autogenerate would drop."""
    add(project, **{"app/late.py": HEAD + model("u")})
    found, unverified = told(project)
    assert (found.keys(), unverified) == ({"MD006:app.db.Base.metadata"}, {})
    finding = found["MD006:app.db.Base.metadata"]
    assert finding["message"] == (
        "app.db.Base.metadata has 1 table in modules that env.py does not import: app/late.py"
    )
    assert finding["facts"]["files"] == ["app/late.py"]
    assert finding["model"] == {"file": "app/db.py", "line": 2}


def test_a_base_of_its_own_and_a_bare_metadata(project: Project) -> None:
    other = (
        "from sqlalchemy.orm import DeclarativeBase\n"
        + HEAD
        + "class Other(DeclarativeBase): pass\n"
    )
    add(
        project,
        **{
            "app/other.py": other + model("u", "Other"),
            "app/core.py": HEAD
            + 'bare = MetaData()\nu = Table("u", bare, Column("id", Integer, primary_key=True))\n',
        },
    )
    found, unverified = told(project)
    assert unverified == {}
    assert found["MD006:app.other.Other.metadata"]["model"] == {"file": "app/other.py", "line": 4}
    assert found["MD006:app.core.bare"]["model"] == {"file": "app/core.py", "line": 3}
    assert found["MD006:app.core.bare"]["remedy"]["manual"] == (
        "set target_metadata = [..., app.core.bare] in env.py"
    )


def test_a_module_that_fails_costs_only_itself(project: Project) -> None:
    broken = HEAD + model("u") + "port = int('postgresql://u:geheim@h/d')\n"
    add(
        project,
        **{
            "app/broken.py": broken,
            "app/absent.py": "import nowhere_to_be_found\n" + HEAD + model("v"),
        },
    )
    _, unverified = told(project)
    assert unverified == {
        "app/broken.py": "its models: ValueError: invalid literal for int() with base 10: "
        "'postgresql://u:***@h/d'",
        "app/absent.py": "its models: ModuleNotFoundError: No module named 'nowhere_to_be_found'",
    }


def test_what_would_run_something_is_not_imported(project: Project) -> None:
    """A script, beside the package or in it: the sentence names it instead."""
    mark = project.folder / "ran"
    add(project, **{
        "seed.py": HEAD + model("u") + f"open({str(mark)!r}, 'w').close()\n",
        "app/seed.py": HEAD + model("x") + f"if True:\n    open({str(mark)!r}, 'w').close()\n",
        "app/looped.py": HEAD + model("y") + f"for _ in '1':\n    open({str(mark)!r}, 'w').close()\n",
        "app/main.py": HEAD + model("z") +
            "from sqlalchemy.orm import configure_mappers\nconfigure_mappers()\nif __name__ == "
            f"'__main__':\n    open({str(mark)!r}, 'w')\n",
        "plain.py": HEAD + model("w"),
    })  # fmt: skip
    found, unverified = told(project)
    reason = "its models: env.py does not import it, and importing it runs code"
    assert unverified == dict.fromkeys(["seed.py", "app/seed.py", "app/looped.py"], reason)
    assert not mark.exists()
    assert found["MD006:app.db.Base.metadata"]["facts"]["files"] == [
        "app/main.py",
        "plain.py",
    ]


def test_what_is_no_part_of_the_product(project: Project) -> None:
    bad = HEAD + model("u") + "raise RuntimeError\n"
    add(project, **{
        "tests/models.py": bad, ".tox/x/models.py": bad, "node_modules/x.py": bad,
        "own/pyvenv.cfg": "", "own/lib/models.py": bad, "app/text.py": f"text = {bad!r}\n",
        "app/lazy.py": "def make():\n    " + (HEAD + model("u")).replace("\n", "\n    ").rstrip() + "\n",
        "migrations/helpers.py": bad,
    })  # fmt: skip
    assert told(project) == ({}, {})


def test_files_are_named_from_where_it_was_started(project: Project) -> None:
    """Not from where env.py is run."""
    add(project, **{"app/late.py": HEAD + model("u")})
    (project.versions / "a.py").write_text("revision = 'a'\ndown_revision = 'z'\n")
    folder = project.folder
    elsewhere = Project(folder.parent, project.url)
    found = elsewhere.json("plan", "-c", f"{folder.name}/alembic.ini")["findings"]
    files = {f["rule"]: f["model"]["file"] for f in found}
    assert files["MD006"] == f"{folder.name}/app/db.py"
    assert files["AL001"] == f"{folder.name}/migrations/versions/a.py"


def test_a_module_that_a_revision_imports(project: Project) -> None:
    """Alembic sees its table; that of its neighbour it does not."""
    add(project, **{"app/late.py": HEAD + model("u"), "app/later.py": HEAD + model("v")})
    (project.versions / "0a.py").write_text(
        "import app.late\nrevision = '0a'\ndown_revision = None\ndef upgrade(): pass\n"
    )
    found, _ = told(project)
    assert found["MD006:app.db.Base.metadata"]["facts"]["tables"] == [["public", "v"]]
    (project.folder / "app" / "later.py").unlink()
    found, unverified = told(project)
    assert ([one for one in found if one.startswith("MD")], unverified) == ([], {})


COPIES = """\
from sqlalchemy import MetaData
copies = MetaData()
for schema in {schemas}:
    for table in Base.metadata.tables.values():
        table.to_metadata(copies, schema=schema)
"""


@pytest.mark.parametrize(
    ("schemas", "base"),
    [((None,), "Base = declarative_base()"),
     ((None, "two"), "Base = declarative_base(metadata=MetaData(schema='models'))")],
    ids=["as they are", "into other schemas"],
)  # fmt: skip
def test_models_of_which_env_py_makes_copies(
    schemas: tuple[str | None, ...], base: str, project: Project
) -> None:
    """They are not left out; what env.py does not import is."""
    env = ENV.replace("\nengine =", "\n" + COPIES.format(schemas=schemas) + "\nengine =")
    db = "from sqlalchemy import MetaData\nfrom sqlalchemy.orm import declarative_base\n" + base
    env = env.replace("=Base.metadata", "=copies, include_schemas=True")
    add(project, **{"migrations/env.py": env, "app/db.py": f"{db}\n"})
    assert told(project) == ({}, {})
    add(project, **{"app/late.py": HEAD + model("v")})
    found, _ = told(project)
    tables = found["MD006:app.db.Base.metadata"]["facts"]["tables"]
    assert [name for _, name in tables] == ["v"]
