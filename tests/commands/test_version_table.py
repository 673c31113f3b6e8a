"""Where Alembic cannot make its version table, a command that needs it says so, and what to do."""

from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import ENV, Project, small_project

ELSEWHERE = ENV.replace(
    "target_metadata=metadata", 'target_metadata=metadata, version_table_schema="versions"'
)
MODELS = """\
from sqlalchemy import Column, Integer, Table
Table("invoices", metadata, Column("id", Integer, primary_key=True), schema="app")
"""
DDL = """
CREATE SCHEMA app; CREATE TABLE app.invoices (id integer PRIMARY KEY);
INSERT INTO app.invoices VALUES (7);
"""
GENERATE = ("generate", "--approve", "all", "--reviewer", "Ann")
HOTFIX = ("runbook", "--hotfix", "app.invoices", "--reviewer", "Ann")
WAITING = """\
revision = "aa11"
down_revision = None
def upgrade(): pass
def downgrade(): pass
"""


def searching(project: Project, path: str) -> None:
    project.psql(f"ALTER DATABASE {project.url.database} SET search_path = {path}")


def refusal(project: Project, *words: str) -> str:
    before = project.files()
    result = project.run("remediate", *words, expected=2)
    assert "Traceback" not in result.stderr
    assert "bug" not in result.stderr
    assert project.files() == before
    return result.stderr


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("''", "names no schema that exists"),
        ("nowhere, neither", "names no schema that exists"),
        ("pg_catalog, app", "pg_catalog comes first"),
    ],
)
def test_a_search_path_without_room(newest: Server, tmp_path: Path, path: str, reason: str) -> None:
    with small_project(newest, tmp_path, DDL, models=MODELS) as project:
        searching(project, path)
        for words in (GENERATE, HOTFIX):
            said = refusal(project, *words)
            assert "cannot create its version table alembic_version" in said
            assert reason in said
            assert "version_table_schema" in said
        assert reason in " ".join(project.run("remediate", "doctor").stdout.split())
        (project.versions / "aa11_.py").write_text(WAITING)
        assert reason in refusal(project, "rehearse")


@pytest.mark.parametrize("path", ["''", "nowhere"])
def test_a_schema_of_its_own_needs_no_search_path(
    newest: Server, tmp_path: Path, path: str
) -> None:
    """The schema is there, and empty."""
    ddl = DDL + "CREATE SCHEMA versions;"
    with small_project(newest, tmp_path, ddl, models=MODELS, env=ELSEWHERE) as project:
        searching(project, path)
        project.run("remediate", *HOTFIX)
        assert "versions.alembic_version" in next(project.versions.glob("*.hotfix.sql")).read_text()
        project.run("alembic", "upgrade", "head")
        project.run("remediate", "verify")


def test_a_schema_of_its_own_that_is_not_there(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, DDL, models=MODELS, env=ELSEWHERE) as project:
        assert (
            "env.py names versions as version_table_schema, but there is no such schema"
            in refusal(project, *GENERATE)
        )


def test_a_version_table_later_in_the_search_path(newest: Server, tmp_path: Path) -> None:
    """It is found there, also by psql."""
    with small_project(newest, tmp_path, DDL, models=MODELS) as project:
        (project.versions / "aa11_.py").write_text(WAITING)
        project.run("alembic", "upgrade", "head")
        searching(project, "app, public")
        project.run("remediate", *HOTFIX)
        assert "public.alembic_version" in next(project.versions.glob("*.hotfix.sql")).read_text()
        project.run("alembic", "upgrade", "head")


def test_a_role_that_may_not_create(newest: Server, tmp_path: Path) -> None:
    """It is told what to grant; with that, the same command goes through."""
    with helpers.connected(newest.url) as admin:
        admin.execute("DROP ROLE IF EXISTS builder; CREATE ROLE builder LOGIN")
    ddl = f"{DDL} ALTER TABLE app.invoices OWNER TO builder; ALTER SCHEMA app OWNER TO builder;"
    ddl += "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
    with small_project(newest, tmp_path, ddl, models=MODELS) as project:
        mine = Project(project.folder, project.url.set(username="builder"))
        said = refusal(mine, *GENERATE)
        assert "builder lacks CREATE on the schema public" in said
        project.psql(said.partition("GRANT ")[1] + said.partition("GRANT ")[2].partition(";")[0])
        mine.run("remediate", *GENERATE)
        mine.run("alembic", "upgrade", "head")
        with helpers.connected(project.url) as admin:
            admin.execute("DROP OWNED BY builder CASCADE")
    with helpers.connected(newest.url) as admin:
        admin.execute("DROP ROLE builder")
