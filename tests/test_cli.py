"""The command line as a person and as a program reads it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate import __version__
from remediate.write.scratch import Server
from tests import helpers
from tests.project import Project, incident_project, small_project

WIDTH = 80


@pytest.fixture(scope="module")
def incident(newest: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with incident_project(newest, tmp_path_factory.mktemp("cli")) as made:
        yield made


@pytest.fixture
def project(newest: Server, tmp_path: Path) -> Iterator[Project]:
    with small_project(newest, tmp_path) as made:
        yield made


def remediate(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "remediate", *words], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("options", [[], ["-v"], ["-q"], ["--table", "user_*"]])
def test_the_plan_fits_a_terminal(options: list[str], incident: Project) -> None:
    text = incident.run("remediate", "plan", *options).stdout
    assert max(len(line) for line in text.splitlines()) <= WIDTH
    assert "\033" not in text
    assert not [line for line in text.splitlines() if line.endswith(" ")]


def test_the_last_line_is_the_next_command(incident: Project) -> None:
    text = incident.run("remediate", "plan").stdout
    assert text.splitlines()[-1] == "Next:  remediate generate --approve all --reviewer NAME"


def test_quiet_shows_findings_only(incident: Project, project: Project) -> None:
    assert incident.run("remediate", "plan", "-q").stdout.startswith("PK001 ")
    with helpers.connected(project.url) as connection:
        connection.execute("DROP TABLE t")
    assert project.run("remediate", "plan", "-q").stdout == ""


def test_verbose_names_the_healthy_and_why(incident: Project) -> None:
    text = incident.run("remediate", "plan", "-v").stdout
    healthy = text.partition("Healthy (7)\n")[2]
    assert "public.job_postings.number: the models call the sequence\n" in healthy
    assert "public.api_sessions.id: uuid, not an integer key\n" in healthy


def test_color_only_where_it_is_wanted(incident: Project) -> None:
    colored = incident.run("remediate", "plan", "--color", "always").stdout
    assert "\033[31;1merror\033[0m" in colored
    assert (
        re.sub(r"\033\[[\d;]*m", "", colored).partition("Read")[0]
        == (incident.run("remediate", "plan").stdout.partition("Read")[0])
    )


FINDING_KEYS = {
    "id", "rule", "name", "severity", "confidence", "schema", "table", "column", "constraint",
    "message", "facts", "model", "remedy", "fingerprint",
}  # fmt: skip
STEP_KEYS = {"up", "down", "lock", "relation", "transactional", "hazards"}


def test_json_holds_the_keys_of_the_contract(incident: Project) -> None:
    made = json.loads(incident.run("remediate", "plan", "--format", "json").stdout)
    assert made["format"] == "remediate.plan/1"
    for finding in made["findings"]:
        assert set(finding) == FINDING_KEYS
        assert set(finding["model"]) == {"file", "line"}
        assert all(set(step) == STEP_KEYS for step in finding["remedy"]["steps"])
    assert made["heads"] == ["0005"]
    assert made["database"]["system_identifier"].isdigit()


def test_ids_and_fingerprints_survive_rows_and_restores(project: Project) -> None:
    def read() -> tuple[str, str]:
        (one,) = json.loads(project.run("remediate", "plan", "-f", "json").stdout)["findings"]
        return one["id"], one["fingerprint"]

    before = read()
    with helpers.connected(project.url) as connection:
        connection.execute("INSERT INTO t VALUES (5)")
        assert read() == before
        connection.execute("DROP TABLE t; CREATE TABLE t (id integer PRIMARY KEY)")
        assert read() == before
        connection.execute("ALTER TABLE t ALTER id TYPE bigint")
        assert read()[0] == before[0]
        assert read()[1] != before[1]


def test_output_goes_to_a_file(incident: Project, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    assert incident.run("remediate", "plan", "-f", "json", "-o", str(file)).stdout == ""
    assert json.loads(file.read_text())["tables"] == 32


def test_exit_code_tells_that_something_was_found(project: Project) -> None:
    project.run("remediate", "plan", expected=0)
    project.run("remediate", "plan", "--exit-code", expected=1)
    with helpers.connected(project.url) as connection:
        connection.execute("DROP TABLE t")
    project.run("remediate", "plan", "--exit-code", expected=0)


def test_tables_and_schemas_limit_what_is_spoken_of(incident: Project) -> None:
    def tables(*options: str) -> set[str]:
        made = json.loads(incident.run("remediate", "plan", "-f", "json", *options).stdout)
        return {f["table"] for f in made["findings"]}

    assert tables("--schema", "analytics") == {"page_events"}
    assert tables("--table", "analytics.*", "--table", "users") == {"page_events", "users"}
    assert tables("--ignore", "pk001") == set()


def test_outside_a_project_a_url_is_enough(project: Project, tmp_path: Path) -> None:
    elsewhere = Project(tmp_path / "empty", project.url)
    elsewhere.folder.mkdir()
    with helpers.connected(project.url) as connection:
        connection.execute(
            "CREATE TABLE u (id serial PRIMARY KEY); ALTER TABLE u ALTER id DROP DEFAULT"
        )
    for scheme in ("postgresql", "postgres", "postgresql+asyncpg"):
        url = project.url.render_as_string().replace("postgresql+psycopg", scheme)
        result = elsewhere.run("remediate", "plan", REMEDIATE_DATABASE_URL=url)
        assert "public.u.id" in result.stdout
    refused = elsewhere.run("remediate", "generate", expected=2, REMEDIATE_DATABASE_URL=url)
    assert "a revision needs an Alembic project" in refused.stderr


def test_the_url_of_an_option_reaches_env_py(project: Project) -> None:
    env = project.folder / "migrations" / "env.py"
    env.write_text(
        env.read_text().replace(
            'os.environ["DATABASE_URL"]', 'context.config.get_main_option("sqlalchemy.url")'
        )
    )
    url = project.url.render_as_string()
    assert "public.t.id" in project.run("remediate", "plan", "--database-url", url).stdout


def test_from_another_folder_with_a_configuration(project: Project, tmp_path: Path) -> None:
    elsewhere = Project(tmp_path, project.url)
    ini = str(project.folder / "alembic.ini")
    assert "public.t.id" in elsewhere.run("remediate", "plan", "-c", ini).stdout
    assert "public.t.id" in elsewhere.run("remediate", "plan", ALEMBIC_CONFIG=ini).stdout


def test_arguments_for_env_py(project: Project) -> None:
    env = project.folder / "migrations" / "env.py"
    check = "assert context.get_x_argument(as_dictionary=True) == {'tenant': 'a'}\n"
    env.write_text(
        env.read_text().replace("metadata = MetaData()", check + "metadata = MetaData()")
    )
    project.run("remediate", "plan", "-x", "tenant=a")
    project.run("remediate", "plan", expected=2)


def test_help_of_every_command_fits_a_terminal() -> None:
    commands = re.findall(r"^  ([a-z]+)  ", remediate("--help").stdout, re.MULTILINE)
    assert commands == ["plan", "generate", "verify", "rules", "explain", "demo"]
    for words in ([], *([c] for c in commands)):
        result = remediate(*words, "--help")
        assert result.returncode == 0
        assert max(map(len, result.stdout.splitlines())) <= WIDTH
        assert "..." not in result.stdout.partition("Options:")[2]


def test_explain_and_rules() -> None:
    page = remediate("explain", "pk001").stdout
    assert page.startswith("PK001 key-without-default\n")
    assert max(map(len, page.splitlines())) <= 100
    assert "PK001  key-without-default" in remediate("rules").stdout


def test_version() -> None:
    assert remediate("--version").stdout == f"remediate {__version__}\n"


def test_a_closed_pipe_is_no_error(incident: Project) -> None:
    process = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m remediate explain PK001 | true"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in process.stderr


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, remediate.cli; print([m for m in ('alembic', 'sqlalchemy', 'psycopg', 'jinja2') if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"
