"""docs/wishes.md: every wish has an answer, and the tests that show it are there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.house.test_papers import is_there, paths

ROOT = Path(__file__).parents[2]
PAPER = "docs/wishes.md"


class Wish(NamedTuple):
    """A row of the tables."""

    number: str
    asked: str
    answer: str
    shown: str

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`(tests/[^`]+)`", self.shown)


def text() -> str:
    return (ROOT / PAPER).read_text(encoding="utf-8")


def wishes() -> Iterator[Wish]:
    for line in text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if re.fullmatch(r"\d+|[a-z]", cells[0]):
            yield Wish(*cells)


WISHES = [*wishes()]


def test_no_number_is_missing() -> None:
    numbers = [wish.number for wish in WISHES]
    assert numbers == [*map(str, range(1, 85)), *"abcdefghijkl"]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.number)
def test_it_is_answered_and_shown(wish: Wish) -> None:
    assert len(wish.asked) > 5
    assert len(wish.answer) > 5
    assert wish.tests
    assert [name for name in wish.tests if name not in _functions(name.partition("::")[0])] == []


def _functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {f"{file}::{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_what_the_answers_name_is_there() -> None:
    named = {path for path in paths(text()) if "::" not in path}
    assert [path for path in sorted(named) if not is_there(path)] == []
