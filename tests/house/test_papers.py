"""What the papers of the house name is there: rooms, files, functions, commands, rules."""

import ast
import os
import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.rules import RULES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "remediate"
# Files of the user's project, and what the tools make here.
ELSEWHERE = {".sql", ".venv-dev", "alembic.ini", "env.py", "plan.json", "versions/"}
EXAMPLE = "sequence_owner_differs"  # a rule that nobody has written yet
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


PAPERS = [
    "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/add-a-rule.md", "docs/house-style.md",
]  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_named_is_there(paper: str) -> None:
    named = {path for path in paths(text_of(paper)) if EXAMPLE not in path} - ELSEWHERE
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
    table = text_of("docs/house-style.md").partition("| do | don't |")[2]
    rows = re.findall(r"^\| ([^-|].*?) \| (.+?) \|$", table, re.MULTILINE)
    assert len(rows) >= 10
    assert all(do != dont for do, dont in rows)


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of ARCHITECTURE.md, without backticks."""
    section = re.split(
        r"^## ", text_of("ARCHITECTURE.md").partition(f"## {heading}\n")[2], flags=re.MULTILINE
    )
    _, _, *lines = [line for line in section[0].splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line.split("|")[1:-1]] for line in lines]


def names_in(path: str) -> set[str]:
    """What a module defines at its top."""
    names: set[str] = set()
    for node in ast.parse((PACKAGE / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names.update(t.id for t in targets if isinstance(t, ast.Name))
    return names


def rooms_of_the_contract() -> list[set[str]]:
    project = tomllib.loads(text_of("pyproject.toml"))
    (contract,) = (c for c in project["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    return [set(re.split(r" [|:] ", layer)) for layer in contract["layers"]]


def test_every_room_has_a_row_and_every_row_a_room() -> None:
    entries = {p.name + "/" * p.is_dir() for p in PACKAGE.iterdir()}
    entries -= {"__init__.py", "__pycache__/", "py.typed"}
    assert sorted(room for room, *_ in rows("The rooms")) == sorted(entries)


@pytest.mark.parametrize("row", rows("The rooms"), ids=lambda row: row[0])
def test_a_room_opens_with_a_file_of_its_own(row: list[str]) -> None:
    room, _, first = row
    assert first.startswith(room)
    assert (PACKAGE / first).is_file()


def test_the_order_of_the_rooms_is_that_of_the_contract() -> None:
    (block,) = re.findall(r"^```\n(.*?)^```", text_of("ARCHITECTURE.md"), re.MULTILINE | re.DOTALL)
    order = [set(layer.split(", ")) for layer in re.split(r"\s*->\s*", block.strip())]
    assert order == rooms_of_the_contract()


@pytest.mark.parametrize("row", rows("Where do I find ..."), ids=lambda row: row[0])
def test_what_is_looked_for_is_there(row: list[str]) -> None:
    _, path, name = row
    assert is_there(path)
    assert not name or name in names_in(path)


@pytest.mark.parametrize("row", rows("Glossary"), ids=lambda row: row[0])
def test_a_word_of_the_glossary_is_a_class(row: list[str]) -> None:
    *_, class_, path = row
    assert is_there(path)
    assert not class_ or class_ in names_in(path)
