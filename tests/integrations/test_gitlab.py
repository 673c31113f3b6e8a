"""The GitLab template: valid, and its scripts run by a shell on a real project."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from tests.integrations.test_ci_paper import PAPER, example, valid
from tests.support.action import ROOT
from tests.support.project import Project

TEMPLATE = ROOT / "integrations" / "gitlab" / "remediate.gitlab-ci.yml"


class _Loader(yaml.SafeLoader):
    """YAML with GitLab's tag for parts of other jobs."""


_Loader.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))


def template() -> dict[str, Any]:
    made = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)
    assert isinstance(made, dict)
    return made


def run(project: Project, script: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """The lines of a script as GitLab's runner runs them."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "REMEDIATE"))}
    around = {
        "CI_PROJECT_DIR": str(project.folder),
        "DATABASE_URL": project.url.render_as_string(hide_password=False),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        **{name: str(value) for name, value in template()["variables"].items()},
    }
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(script)],
        cwd=project.folder,
        env=kept | around | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_job_is_red_and_its_reports_are_there(project: Project) -> None:
    job = template()[".remediate"]
    made = run(project, job["script"])
    assert made.returncode == 1, made.stderr
    assert "public.t.id" in made.stdout
    reports = job["artifacts"]["reports"]
    (issue,) = json.loads((project.folder / reports["codequality"]).read_text())
    assert issue["check_name"].startswith("PK001")
    suites = ElementTree.parse(project.folder / reports["junit"])
    assert len(suites.findall(".//failure")) == 1


def test_a_check_that_cannot_look_ends_at_once(project: Project) -> None:
    made = run(project, template()[".remediate"]["script"], REMEDIATE_ARGS="--select NO999")
    assert made.returncode == 2
    assert made.stderr.count("NO999") == 1
    assert not [*project.folder.glob("remediate-*")]


def test_an_upgrade_reaches_no_database_but_that_of_the_job() -> None:
    """GitLab prefers a variable of the project's settings to one of the file."""
    job = template()["remediate-database"]
    service = job["services"][0]
    password = service["variables"]["POSTGRES_PASSWORD"]
    own = f"postgresql+psycopg://postgres:{password}@{service['alias']}/postgres"
    _, *lines = job["before_script"]
    assert lines.pop() == "alembic upgrade head"
    shown = subprocess.run(
        ["bash", "-c", "; ".join([*lines, 'echo "$DATABASE_URL $REMEDIATE_DATABASE_URL"'])],
        env={"DATABASE_URL": "of the settings", "REMEDIATE_DATABASE_URL": "of the settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == f"{own} {own}\n"


def test_both_files_are_valid(tmp_path: Path) -> None:
    transform = ("--data-transform", "gitlab-ci")
    valid("vendor.gitlab-ci", TEMPLATE.read_text(encoding="utf-8"), tmp_path, *transform)
    included = example("GitLab")
    valid("vendor.gitlab-ci", yaml.safe_dump(included), tmp_path, *transform)
    (include,) = included["include"]
    assert (ROOT / include["file"]).samefile(TEMPLATE)
    assert included["variables"].keys() <= template()["variables"].keys()
    assert included["remediate-staging"]["extends"] in template()


def test_the_table_of_variables() -> None:
    rows = re.findall(r"^\| `(REMEDIATE_\w+)` \| (?:`([^`]*)`)? ?\| ", PAPER, re.MULTILINE)
    assert dict(rows) == template()["variables"]
