"""Names with line ends and terminal escapes stay on their line, on a terminal and in every paper."""

from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.corpora.remedies import quoted
from tests.support import helpers
from tests.support.project import small_project

SPEAKING = "x\x1b[2J\nEVIL\r\u202e"
TABLE, ROLE = f"t{SPEAKING}", f"role{SPEAKING}"
DDL = f"""
DROP ROLE IF EXISTS {quoted(ROLE)}; CREATE ROLE {quoted(ROLE)};
CREATE TABLE {quoted(TABLE)} (id integer PRIMARY KEY);
GRANT INSERT ON {quoted(TABLE)} TO {quoted(ROLE)};
"""
MODELS = f"""
from sqlalchemy import Column, Integer, Table
Table({TABLE!r}, metadata, Column("id", Integer, primary_key=True))
"""


def silent(text: str) -> None:
    lines = text.split("\n")
    assert [line for line in lines if not line.replace("\t", "").isprintable()] == []
    assert [line for line in lines if line.startswith("EVIL")] == []


@pytest.mark.soak
@pytest.mark.newest_in_ci
def test_no_name_speaks(server: Server, tmp_path: Path) -> None:
    with small_project(server, tmp_path, DDL, models=MODELS) as project:
        reviewer = f"Ann{SPEAKING}"
        words = [
            *(("plan", "-v", "-f", format_) for format_ in ("text", "markdown", "html", "github")),
            ("plan", "--sql"), ("plan", "--save", "plan.json"), ("doctor",), ("check",),
            ("review", "plan.json", "--skip", "all", "--reason", SPEAKING, "--reviewer", reviewer),
            ("review", "plan.json", "--reset", "all"),
            ("review", "plan.json", "--approve", "all", "--reviewer", reviewer),
            ("plan", "--diff", "plan.json"), ("generate", "plan.json"), ("runbook",), ("verify",),
        ]  # fmt: skip
        for one in words:
            made = project.run("remediate", *one, expected=None)
            assert "Traceback" not in made.stderr
            silent(made.stdout)
            silent(made.stderr)
        (revision,) = project.generated()
        silent(revision.read_text())
        silent(revision.with_suffix(".md").read_text())
        before = helpers.dump(project.url)
        project.run("alembic", "upgrade", "head")
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == before
        revision.unlink()
        revision.with_suffix(".md").unlink()
        project.run(
            "remediate", "generate", "--approve", "all", "--reviewer", reviewer, "--no-rehearse"
        )
        (revision,) = project.generated()
        silent(revision.read_text())
        silent(revision.with_suffix(".md").read_text())
