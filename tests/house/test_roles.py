"""Tests share servers and roles belong to a server: each file makes roles of its own names."""

import re
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parents[1]
MADE = re.compile(r'CREATE ROLE ("[^"{}]+"|\w+)')


def test_no_two_files_make_a_role_of_one_name() -> None:
    makers: dict[str, set[str]] = defaultdict(set)
    for file in TESTS.rglob("*.py"):
        for role in MADE.findall(file.read_text()):
            makers[role].add(str(file.relative_to(TESTS)))
    assert len(makers) > 20
    assert {role: files for role, files in makers.items() if len(files) > 1} == {}
