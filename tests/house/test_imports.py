"""A command imports what it needs, and no more: what a few of them must not load."""

import subprocess
import sys
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers

RUN = """
import sys
from remediate.__main__ import main
try:
    main()
finally:
    print(*sys.modules, file=open("modules", "w"))
"""
HEAVY = {"sqlalchemy", "alembic", "libcst", "jsonschema", "postgast", "markdown_it", "mako"}
READING = {
    "psycopg",
    "jinja2",
    "remediate.catalog",
    "remediate.project",
    "remediate.commands.plan",
    "remediate.commands.planning",
}
PROJECT = {
    "remediate.project.project", "remediate.project.models", "remediate.project.history",
    "remediate.commands.past", "remediate.analysis.revisions", "remediate.lint.scope",
    "remediate.codemod", "remediate.verification", "remediate.revisions", "remediate.rehearsal.scratch",
    "remediate.logs.files",
}  # fmt: skip


def modules(folder: Path, *command: str) -> set[str]:
    subprocess.run(
        [sys.executable, "-c", RUN, *command], cwd=folder, check=True, capture_output=True
    )
    return set((folder / "modules").read_text().split())


@pytest.mark.parametrize(
    ("command", "never"),
    [
        ("--help", HEAVY | READING | PROJECT | {"pydantic", "remediate.findings.finding"}),
        ("--version", HEAVY | READING | PROJECT | {"remediate.findings.finding"}),
        ("rules", HEAVY | READING | PROJECT),
        ("explain PK001", HEAVY | READING | PROJECT),
    ],
)
def test_what_is_told_without_a_database(tmp_path: Path, command: str, never: set[str]) -> None:
    assert not modules(tmp_path, *command.split()) & never


def test_a_plan_of_a_database_opens_no_project(newest: Server, tmp_path: Path) -> None:
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute("CREATE TABLE t (id serial PRIMARY KEY)")
            connection.execute("ALTER TABLE t ALTER id DROP DEFAULT")
        given = f"--database-url={url.render_as_string(hide_password=False)}"
        loaded = modules(tmp_path, "plan", "-f", "json", given)
    assert {"remediate.catalog.catalog", "remediate.rules", "psycopg"} <= loaded
    assert not loaded & (HEAVY | PROJECT | {"remediate.render.text", "remediate.render.review"})
