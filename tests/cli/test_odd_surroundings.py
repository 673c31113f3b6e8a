"""Streams that are closed or end early, files that never end, configurations of another shape."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

import remediate
from remediate.errors import UsageProblem
from remediate.postgres import client
from remediate.postgres.connections import engine_url
from remediate.system import atomic
from tests.support.project import Project

REMEDIATE = f"{sys.executable} -m remediate"


def shell(line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = line.replace("remediate", REMEDIATE, 1)
    made = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False,
        timeout=100,
    )  # fmt: skip
    assert "Traceback" not in made.stderr
    return made


def test_closed_streams(tmp_path: Path) -> None:
    closed = shell("remediate rules >&-", tmp_path)
    assert (closed.returncode, closed.stdout) == (2, "")
    assert closed.stderr.startswith("remediate: standard output is closed\n")
    assert shell("remediate rules 2>&-", tmp_path).returncode == 0
    assert shell("remediate rules <&- >&- 2>&-", tmp_path).returncode == 2
    assert shell("remediate plan --database-url postgresql:///x?host=/no <&-", tmp_path).stderr


@pytest.mark.parametrize("command", ["rules", "demo"])
def test_a_reader_that_has_had_enough(command: str, tmp_path: Path) -> None:
    made = shell(f"remediate {command} | head -1; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert made.returncode == 0, made.stderr
    assert len(made.stdout.splitlines()) == 1


def test_a_full_disk(tmp_path: Path) -> None:
    made = shell("remediate rules > /dev/full", tmp_path)
    assert made.returncode == 2
    assert "No space left on device" in made.stderr


@pytest.mark.parametrize("device", ["/dev/full", "/dev/zero", "/dev/null"])
def test_a_device_is_no_file(device: str, project: Project) -> None:
    for words in (("plan", "--save", device), ("generate", device), ("verify", device)):
        said = project.run("remediate", *words, expected=2).stderr
        assert f"{device} cannot be read: it is a device, not a file" in said
    said = project.run("remediate", "check", "--baseline", device, expected=2).stderr
    assert "it is a device, not a file" in said
    with pytest.raises(OSError, match="it is not an ordinary file"):
        atomic.replace(Path(device), "x")
    assert Path(device).is_char_device()


def test_a_plan_may_be_named_by_a_text(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.run("remediate", "plan", "--save", "plan.json")
    file = str(project.folder / "plan.json")
    options = remediate.ReviewOptions(approve=("all",), reviewer="Ann")
    assert remediate.review(file, options).approvals
    monkeypatch.setenv("DATABASE_URL", project.url.render_as_string(hide_password=False))
    config = remediate.load(config=str(project.folder / "alembic.ini"))
    made = remediate.verify(config, remediate.VerifyOptions(plan=file))
    assert len(made.entries) == 1
    landed = remediate.generate(config, remediate.GenerateOptions(plan=file, rehearse=False))
    assert landed


def test_a_file_that_is_not_ours_is_left(project: Project) -> None:
    project.run("remediate", "generate", "--approve", "all", "--reviewer", "A", "--no-rehearse")
    project.run("alembic", "upgrade", "head")
    (project.folder / "t.py").write_bytes(b"# \xfc\n")
    said = project.run("remediate", "tests", "-o", "t.py", expected=3).stderr
    assert "t.py is not as `remediate tests` wrote it" in said


INI = "[alembic]\nscript_location = m\n"
CONFIGURATIONS = [
    ({"alembic.ini": INI, "pyproject.toml": b'x = "\xfc"'}, "cannot be read: 'utf-8' codec"),
    ({"alembic.ini": "[alembic]\n", "pyproject.toml": "tool = 3"}, "or the pyproject.toml beside"),
    (
        {"alembic.ini": "[alembic]\n", "pyproject.toml": "[tool]\nalembic = []"},
        "Incorrect TOML format",
    ),
    ({"alembic.ini": INI, "pyproject.toml": "[tool"}, "cannot be read: "),
    ({"alembic.ini": b"[alembic]\nscript_location = \xfc\n"}, "cannot be read: 'utf-8' codec"),
    ({"alembic.ini": "s3cr3t\n"}, "is no valid ini file: MissingSectionHeaderError, line 1"),
    ({"alembic.ini": f"{INI}s3cr3t\n"}, "is no valid ini file: ParsingError, line 3"),
    ({"alembic.ini": f"{INI}script_location = n\n"}, "DuplicateOptionError, line 3"),
    ({"alembic.ini": "[alembic]\nscript_location = %(s3cr3t)s\n"}, "holds a % that is"),
]


@pytest.mark.parametrize(("files", "sentence"), CONFIGURATIONS)
def test_a_configuration_that_alembic_cannot_read(
    files: dict[str, str | bytes], sentence: str, tmp_path: Path
) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    project = Project(tmp_path, sa.make_url("postgresql://x/y"))
    said = project.run("remediate", "plan", "-c", "app/alembic.ini", expected=2)
    assert sentence in said.stderr
    assert "Traceback" not in said.stderr
    assert "s3cr3t" not in said.stderr


URLS = [
    ("postgresql://u@h:abc/db", "the database URL cannot be parsed"),
    ("postgresql://u@h/db?port=abc", "the database URL cannot be parsed"),
    ("postgresql://u@h:5432:7/db", "the database URL cannot be parsed"),
    ("postgresql://u@[::1/db", "the database URL cannot be parsed"),
    ("postgresql://u@h:0/db", "the port 0, which does not exist"),
    ("postgresql://u@h:-1/db", "the port -1, which does not exist"),
    ("postgresql://u@h:65536/db", "the port 65536, which does not exist"),
    ("postgresql://u@/db?host=a:1&host=b:99999", "the port 99999, which does not exist"),
]


@pytest.mark.parametrize(("url", "sentence"), URLS)
def test_a_port_that_does_not_exist(url: str, sentence: str) -> None:
    with pytest.raises(UsageProblem, match=sentence):
        engine_url(url)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://u@h:abc/db", "cannot be parsed"),
        ("postgresql://u@h:0/db", "has the port 0"),
        ("mysql://u@h/db", "is of mysql, not of PostgreSQL"),
    ],
)
def test_which_url_it_is(url: str, sentence: str, tmp_path: Path) -> None:
    """By an option or a variable, of the database or of the scratch server."""
    project = Project(tmp_path, sa.make_url("postgresql://x/y"))
    for name in ("database", "scratch"):
        variable = {f"REMEDIATE_{name.upper()}_URL": url}
        said = project.run("remediate", "plan", expected=2, **variable)
        assert f"the {name} URL {sentence}" in said.stderr
        if name == "scratch":
            words = ("generate", "--scratch-url", url)
            assert (
                f"the {name} URL {sentence}" in project.run("remediate", *words, expected=2).stderr
            )


def test_every_place_that_a_url_can_name() -> None:
    def libpq(url: str) -> dict[str, str]:
        return client.environment(engine_url(url))

    assert libpq("postgresql+asyncpg://u:p@[::1]:5433/db") == {
        "PGHOST": "::1", "PGPORT": "5433", "PGUSER": "u", "PGPASSWORD": "p", "PGDATABASE": "db",
    }  # fmt: skip
    assert libpq("postgres:///db?host=/tmp&port=7") == {
        "PGHOST": "/tmp", "PGPORT": "7", "PGDATABASE": "db",
    }  # fmt: skip
    several = libpq("postgresql://u@/db?host=a:1&host=b:2&sslmode=require")
    assert (several["PGHOST"], several["PGPORT"]) == ("a,b", "1,2")
    assert several["PGSSLMODE"] == "require"
