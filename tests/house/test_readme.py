"""README.md, docs/demo.md and docs/plan.svg: what they show is what the program does."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import picture
import readme

from remediate import errors
from remediate.catalog import room
from remediate.postgres.queries import query
from remediate.rehearsal import dumped
from remediate.rules import RULES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEMO = readme.PAGE.read_text(encoding="utf-8").partition(readme.START)[2]
IN_SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.soak
def test_the_demo_prints_what_its_page_shows() -> None:
    """.ci/run compares them, too; else: scripts/readme.py writes them."""
    assert readme.differences(readme.wanted(readme.run_demo())) == ""


def test_a_difference_is_seen_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = DEMO.partition("```text\n")[2].partition("\n```")[0]
    (tmp_path / "demo.txt").write_text(demo.replace("26 to repair", "27 to repair"))
    before = readme.PAGE.read_text()
    assert readme.main(["--check", str(tmp_path / "demo.txt")]) == 1
    assert "+PK001 key-without-default   27 to repair\n" in capsys.readouterr().err
    assert readme.PAGE.read_text() == before
    assert readme.excerpt(f"Context impl PostgresqlImpl.\n{demo}\n") == demo


def test_the_demo_shows_the_whole_way() -> None:
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
    places = [DEMO.index(text) for text in in_order]
    assert places == sorted(places)


def test_the_picture_is_the_plan_of_the_demo() -> None:
    drawn = ElementTree.parse(readme.PICTURE).getroot()
    lines = [
        " ".join(part.text or "" for part in line.iter(f"{IN_SVG}tspan"))
        for line in drawn.iter(f"{IN_SVG}text")
    ]
    shown = [" ".join(line.split()) for line in readme.plan_of(DEMO).splitlines() if line.strip()]
    assert [" ".join(line.split()) for line in lines] == shown


def test_a_picture_keeps_looks_places_and_names_that_need_escapes() -> None:
    made = picture.svg("\033[1;97;41ma  b\033[0m <c> & d\n\033[31me\033[0m", "<t>")
    root = ElementTree.fromstring(made)
    assert [title.text for title in root.iter(f"{IN_SVG}title")] == ["<t>"]
    spans = [
        (one.text, one.get("class"), one.get("x"), one.get("textLength"))
        for one in root.iter(f"{IN_SVG}tspan")
    ]
    assert spans == [
        ("a", "b on", "16.0", "8.4"),
        ("b", "b on", "41.2", "8.4"),
        ("<c> & d", None, "58.0", "58.8"),
        ("e", "red", "16.0", "8.4"),
    ]
    assert [one.get("class") for one in root.iter(f"{IN_SVG}rect")] == ["ground", "bad", "bad"]
    assert "http" not in made.replace("http://www.w3.org/2000/svg", "")


def test_the_readme_shows_lines_of_the_demo_in_their_order() -> None:
    block = README.partition("<!-- shown")[2].partition("```\n")[2].partition("\n```")[0]
    shown = [line for line in block.splitlines() if line]
    demo = DEMO.splitlines()
    places = []
    for line in shown:
        places.append(demo.index(line, places[-1] if places else 0))
    assert len(shown) > 8


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 200


def test_the_families_of_rules() -> None:
    rows = re.findall(r"^\| ([A-Z]+)\.\.\. \|", README, re.MULTILINE)
    assert rows == [*dict.fromkeys(rule.code.rstrip("0123456789") for rule in RULES)]


def test_what_it_asks_of_the_server() -> None:
    page = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
    session = query("remediate.catalog", "session")
    assert "'lock_timeout', '2s'" in session
    assert "'statement_timeout', '60s'" in session
    assert f"where fewer than {room.SPARE} are left to others" in page
    assert f"Of more than {dumped.WHOLE} tables" in page


def test_exit_codes() -> None:
    table = dict(re.findall(r"^\| (\d+) \| (.+) \|$", README, re.MULTILINE))
    assert list(table) == ["0", "1", "2", "3", "4", "130"]
    assert errors.RemediateError("").exit_code == errors.UsageProblem("").exit_code == 2
    assert errors.Refused("").exit_code == 3
    assert errors.RehearsalFailed("").exit_code == 4


@pytest.mark.soak
def test_demo_keeps_its_project_where_asked(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "remediate", "demo", "--keep", str(tmp_path / "kept")]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(list((tmp_path / "kept").glob("migrations/versions/*_give_26_*.py"))) == 1
    assert str(tmp_path / "kept") in result.stdout
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "is not empty" in again.stderr
