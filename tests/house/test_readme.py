"""What the README says is what the program does."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from remediate import errors
from remediate.catalog import room
from remediate.config import Config
from remediate.postgres.queries import query
from remediate.rehearsal import dumped

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def readme_script():
    spec = importlib.util.spec_from_file_location("readme", ROOT / "scripts" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_demo_prints_what_the_readme_shows() -> None:
    script = readme_script()
    demo = script.run_demo()
    shown = README.partition(script.START)[2].partition(script.END)[0]
    assert f"```\n{script.excerpt(demo)}\n```\n" == shown


def test_the_demo_shows_the_whole_way() -> None:
    shown = README.partition("<!-- demo")[2]
    in_order = [
        "ERROR 23502: null value in column",
        "No new upgrade operations detected.",
        "Plan: 26 to repair.",
        "proven on a scratch PostgreSQL",
        "Running upgrade 0005 -> ",
        "INSERT 0 1   id = 51",
        "works in 28 tables",
        "pg_dump --schema-only before and after: identical",
        "Nothing to repair.",
    ]
    places = [shown.index(text) for text in in_order]
    assert places == sorted(places)


def test_the_table_of_rules() -> None:
    assert readme_script().rules() in README


def test_the_table_of_speed_is_the_one_of_its_paper() -> None:
    shown = README.partition("<!-- speed")[2].partition("-->\n")[2].partition("<!-- /speed -->")[0]
    assert shown.strip().startswith("| measured |")
    assert shown.strip() in (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")


def test_what_it_asks_of_the_server() -> None:
    session = query("remediate.catalog", "session")
    assert "'lock_timeout', '2s'" in session
    assert "'statement_timeout', '60s'" in session
    assert f"where fewer than {room.SPARE} are left to others" in README
    assert f"Of more than {dumped.WHOLE} tables" in README


def test_exit_codes() -> None:
    table = dict(re.findall(r"^\| (\d+) \| (.+) \|$", README, re.MULTILINE))
    assert list(table) == ["0", "1", "2", "3", "4", "130"]
    assert errors.RemediateError("").exit_code == errors.UsageProblem("").exit_code == 2
    assert errors.Refused("").exit_code == 3
    assert errors.RehearsalFailed("").exit_code == 4


def test_every_setting_is_described() -> None:
    rows = re.findall(r"^\| (`[a-z`, -]+`) \| ", README, re.MULTILINE)
    described = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row)}
    known = {f.replace("_", "-") for f in Config.__dataclass_fields__ if not f.endswith("_url")}
    known -= {"ignored"}  # the table of "ignore"
    assert described == known


@pytest.mark.parametrize(
    "words", re.findall(r"^remediate ([a-z]+)", README.partition("## In your own")[2], re.MULTILINE)
)
def test_every_command_exists(words: str) -> None:
    command = [sys.executable, "-m", "remediate", words, "--help"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.soak
def test_demo_keeps_its_project_where_asked(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "remediate", "demo", "--keep", str(tmp_path / "kept")]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(list((tmp_path / "kept").glob("migrations/versions/*_give_26_*.py"))) == 1
    assert str(tmp_path / "kept") in result.stdout
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "is not empty" in again.stderr
