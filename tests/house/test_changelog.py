"""The changelog's fragments are of known types, and towncrier makes a section of them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOWNCRIER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["towncrier"]
TYPES = {one["directory"]: one["name"] for one in TOWNCRIER["type"]}
FRAGMENTS = sorted(p for p in (ROOT / "changelog.d").iterdir() if p.name != "README.md")


def draft() -> str:
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "9.9.9"]
    made = subprocess.run(
        [*command, "--date", "2030-01-31"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda p: p.name)
def test_a_fragment_is_of_a_known_type(path: Path) -> None:
    assert re.fullmatch(rf"\+[a-z0-9]+(-[a-z0-9]+)*\.({'|'.join(TYPES)})\.md", path.name)


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda p: p.name)
def test_a_fragment_is_one_to_three_sentences(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.endswith(".\n")
    assert 1 <= len(re.findall(r"[.?](?=\s)", text)) <= 3
    assert max(map(len, text.splitlines())) <= 100


def test_the_next_section_holds_every_fragment() -> None:
    section = draft()
    assert section.startswith("## 9.9.9 (2030-01-31)\n")
    types = {path.name.split(".")[-2] for path in FRAGMENTS}
    shown = [name for type_, name in TYPES.items() if type_ in types]
    assert re.findall(r"^### (.+)$", section, re.MULTILINE) == shown
    flat = " ".join(section.split())
    for path in FRAGMENTS:
        assert " ".join(path.read_text(encoding="utf-8").split()) in flat


def test_the_section_has_its_place() -> None:
    text = (ROOT / TOWNCRIER["filename"]).read_text(encoding="utf-8")
    assert text.count(TOWNCRIER["start_string"]) == 1
