"""What the papers of the house name is there: files, commands, rules."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.rules import RULES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "remediate"
# Files of the user's project, and what the tools make here.
ELSEWHERE = {".sql", ".venv-dev", "alembic.ini", "env.py", "plan.json", "versions/"}
ENDINGS = (".md", ".py", ".sql", ".toml", ".j2", ".json", ".ini", "/")


def text_of(paper: str) -> str:
    return (ROOT / paper).read_text(encoding="utf-8")


def paths(text: str) -> Iterator[str]:
    """What stands in backticks, outside of blocks of commands, and looks like a path."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for token in re.findall(r"`([^`\s]+)`", prose):
        if "/" in token or token.endswith(ENDINGS):
            yield token


def commands(text: str) -> Iterator[list[str]]:
    """The words of each line in the blocks of commands."""
    for block in re.findall(r"^```\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            yield shlex.split(line, comments=True)


def is_there(path: str) -> bool:
    """In the repository, or in the package."""
    return (ROOT / path).exists() or (PACKAGE / path).exists()


@pytest.mark.parametrize("paper", ["CONTRIBUTING.md", "SECURITY.md"])
def test_every_file_named_is_there(paper: str) -> None:
    named = set(paths(text_of(paper))) - ELSEWHERE
    assert named
    assert [path for path in sorted(named) if not is_there(path)] == []


@pytest.mark.parametrize("words", [*commands(text_of("CONTRIBUTING.md"))], ids=" ".join)
def test_every_command_is_there(words: list[str]) -> None:
    program, *arguments = words
    if program.startswith(".venv-dev/bin/"):
        assert shutil.which(Path(program).name, path=str(Path(sys.executable).parent))
    else:
        assert os.access(ROOT / program, os.X_OK)
    for path in (a for a in arguments if "/" in a):
        assert is_there(path), path


def test_the_rule_of_the_example_is_free() -> None:
    (words,) = (w for w in commands(text_of("CONTRIBUTING.md")) if "scripts/new_rule.py" in w)
    assert words[-2] not in {rule.code for rule in RULES}
    assert words[-1] not in {rule.name for rule in RULES}


def test_the_table_of_english_has_both_sides() -> None:
    table = text_of("CONTRIBUTING.md").partition("| do | don't |")[2]
    rows = re.findall(r"^\| ([^-|].*?) \| (.+?) \|$", table, re.MULTILINE)
    assert len(rows) >= 10
    assert all(do != dont for do, dont in rows)
