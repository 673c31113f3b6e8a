"""Names that fit nothing, and names that a terminal would obey."""

import json
from pathlib import Path

import pytest

from remediate.cli.terminal import complain, say
from remediate.rehearsal.scratch import Server
from tests.support.project import small_project


@pytest.mark.parametrize(
    ("old", "new", "options", "sentence"),
    [
        ("", "", ("--name", "stage"), "alembic.ini has no section [stage]"),
        ("[alembic]", "[alembics]", (), "alembic.ini has no section [alembic]"),
        ("script_location", "script_place", (), "alembic.ini names no script_location"),
    ],
)
def test_an_ini_file_without_a_project_is_named(
    old: str, new: str, options: tuple[str, ...], sentence: str, newest: Server, tmp_path: Path
) -> None:
    with small_project(newest, tmp_path / "p") as project:
        ini = project.folder / "alembic.ini"
        ini.write_text(ini.read_text().replace(old, new) if old else ini.read_text())
        assert sentence in project.run("remediate", "plan", *options, expected=2).stderr


@pytest.mark.parametrize("command", ["plan", "check", "models"])
@pytest.mark.parametrize("pattern", ["storage", "PUBLIC", "[", "pg_catalog"])
def test_a_schema_that_does_not_exist_is_refused(
    command: str, pattern: str, newest: Server, tmp_path: Path
) -> None:
    with small_project(newest, tmp_path / "p") as project:
        refused = project.run("remediate", command, "--schema", pattern, expected=2).stderr
        assert f"no schema is called {pattern!r}" in refused
        assert "public" in refused


def test_a_schema_without_tables_is_spoken_of(newest: Server, tmp_path: Path) -> None:
    ddl = "CREATE TABLE t (id integer PRIMARY KEY); CREATE SCHEMA storage"
    with small_project(newest, tmp_path / "p", ddl) as project:
        refused = project.run("remediate", "plan", "--schema", "stor*", expected=2).stderr
        assert "nothing to judge: --schema stor* holds no table with a key" in refused
        assert "PK001" in project.run("remediate", "plan", "--schema", "public").stdout


COMMANDS = [
    ("generate", "plan.json"),
    ("review", "plan.json", "--reviewer", "Ann", "--approve", "all"),
    ("verify", "plan.json"),
    ("plan", "--diff", "plan.json"),
    ("plan", "--save", "plan.json"),
]


@pytest.mark.parametrize("field", ["id", "column", "table"])
def test_a_terminal_obeys_nothing_of_a_plan_file(
    field: str, newest: Server, tmp_path: Path
) -> None:
    with small_project(newest, tmp_path / "p") as project:
        project.run("remediate", "plan", "--save", "plan.json")
        file = project.folder / "plan.json"
        document = json.loads(file.read_text())
        document["findings"][0][field] = "y\x1b]0;title\x07\nremediate: all is well\r\u2028z"
        file.write_text(json.dumps(document))
        for words in COMMANDS:
            said = project.run("remediate", *words, expected=2).stderr
            assert "that of another place" in said
            assert r"y\x1b]0;title\x07\nremediate: all is well\r\u2028z" in said
            assert all(line.isprintable() for line in said.splitlines())


def test_an_error_keeps_its_lines_and_no_other_character(
    capsys: pytest.CaptureFixture[str],
) -> None:
    complain("first \x1b[2J\nsecond\x85", "then\r")
    assert capsys.readouterr().err.split("\n") == [
        r"remediate: first \x1b[2J",
        r"           second\x85",
        r"           then\r",
        "",
    ]
    say("Made for: \x1b[2J\nsecond")
    assert capsys.readouterr().err == "Made for: \\x1b[2J\nsecond\n"
