"""Models that only revisions import: Alembic loads the revisions first, and so sees them."""

import pytest

from tests.support.project import Project

ENV = """
import os, sys
sys.path.append("site-packages")  # stands for one: nothing below it is searched for models
from alembic import context
from sqlalchemy import create_engine, pool
from depot.base import metadata

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=metadata)
    context.run_migrations()
else:
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()
"""
DEPOT = {
    "site-packages/depot/__init__.py": "",
    "site-packages/depot/base.py": "from sqlalchemy import MetaData\nmetadata = MetaData()\n",
    "site-packages/depot/tables.py": """
from sqlalchemy import Column, ForeignKey, Integer, Table
from depot.base import metadata
pallets = Table("pallets", metadata, Column("pallet_no", Integer, primary_key=True))
crates = Table(
    "crates", metadata,
    Column("crate_no", Integer, primary_key=True),
    Column("pallet_no", ForeignKey("pallets.pallet_no")),
)
""",
}
DDL = """
CREATE TABLE pallets (pallet_no integer PRIMARY KEY);
CREATE TABLE crates (crate_no serial PRIMARY KEY, pallet_no text)
"""
SEEN = {"PK001:public.pallets.pallet_no", "FK003:public.crates.pallet_no"}
pytestmark = pytest.mark.project(DDL, env=ENV, files=DEPOT)


def revision(made: Project, name: str, text: str, parent: str | None = None) -> None:
    (made.versions / f"{name}.py").write_text(
        f"{text}\nrevision = {name!r}\ndown_revision = {parent!r}\n"
        "def upgrade(): pass\ndef downgrade(): pass\n"
    )


def unverified(made: Project) -> dict[str, str]:
    return {u["subject"]: u["reason"] for u in made.json("plan")["unverified"]}


def test_they_are_judged_as_those_of_env_py(project: Project) -> None:
    revision(project, "0a", "from depot.tables import crates")
    plan = project.json("plan")
    proven = {f["id"] for f in plan["findings"] if f["confidence"] == "proven"}
    assert (plan["model_tables"], proven & SEEN, plan["unverified"]) == (2, SEEN, [])
    assert "   2 models\n" in project.run("remediate", "plan").stdout
    assert "2 model tables;" in project.run("remediate", "plan", "-f", "markdown").stdout
    assert project.json("plan", "--table", "crates")["model_tables"] == 1
    assert "MetaData, 2 tables" in project.run("remediate", "doctor", expected=2).stdout


def test_without_a_database_too(project: Project) -> None:
    revision(project, "0a", "import depot.tables")
    made = project.json("check", "--models-only")
    assert (made["model_tables"], made["unverified"]) == (2, [])
    assert project.json("check", "--versions-only")["model_tables"] is None


def test_none_at_all_is_said(project: Project) -> None:
    plan = project.json("plan")
    assert plan["model_tables"] == 0
    assert not SEEN & {f["id"] for f in plan["findings"] if f["confidence"] == "proven"}
    shown = project.run("remediate", "plan").stdout
    assert (
        "\nModels    none found: keys are judged by the database alone (remediate doctor)\n"
        in shown
    )
    told = " ".join(project.run("remediate", "doctor").stdout.split())
    assert "! Models target_metadata has no table no model was found: remediate judges keys" in told


def test_a_revision_that_asks_alembic_while_it_is_loaded(project: Project) -> None:
    asks = "from alembic import context, op\nassert op.get_context().dialect.name == 'postgresql'\n"
    revision(project, "0a", asks + "assert context.config.config_ini_section == 'alembic'")
    revision(project, "0b", "import depot.tables", "0a")
    assert project.json("plan")["model_tables"] == 2


def test_one_that_writes_while_it_is_loaded(project: Project) -> None:
    """As any command of Alembic would let it; this one only reads."""
    writes = "from alembic import op\nop.execute('CREATE TABLE left_behind ()')"
    revision(project, "0a", writes)
    (told,) = unverified(project).values()
    assert "cannot execute CREATE TABLE in a read-only transaction" in told


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import no_such_depot", "ModuleNotFoundError: No module named 'no_such_depot'"),
        ("x = = 3", "SyntaxError: invalid syntax"),
        ("raise SystemExit(3)", "SystemExit: 3"),
    ],
)
def test_one_that_fails_is_named(project: Project, text: str, says: str) -> None:
    revision(project, "0a", text)
    (file, reason), *more = unverified(project).items()
    assert (file, more) == ("migrations/versions/0a.py", [])
    assert reason.startswith(
        f"the models that only revisions import: Alembic fails as it loads them: {says}"
    )


def test_a_broken_graph_hides_no_model(project: Project) -> None:
    revision(project, "0a", "import depot.tables", "gone")
    plan = project.json("plan")
    assert (plan["model_tables"], plan["unverified"]) == (2, [])
    assert "AL001" in {f["rule"] for f in plan["findings"]}


def test_a_revision_that_declares_a_model_itself(project: Project) -> None:
    """It runs once: a second time, its table would be there twice."""
    declares = """
from sqlalchemy import Column, Integer, Table
from depot.base import metadata
Table("pallets", metadata, Column("pallet_no", Integer, primary_key=True))
"""
    revision(project, "0a", declares)
    project.run("alembic", "stamp", "head")
    assert project.json("plan")["model_tables"] == 1
    generate = ("generate", "--approve", "PK001", "--reviewer", "Ann")
    project.run("remediate", *generate)
    (made,) = project.generated()
    assert "Revises: 0a" in made.read_text()
