"""What holds for every rule: its page, its name, and that its findings are fit to be printed."""

import itertools
import re

import pytest

from remediate.findings.finding import Rule
from remediate.rules import RULES

HEADINGS = [
    "What it does",
    "Why is this bad?",
    "Example",
    "Repair",
    "Safety",
    "What is not flagged",
    "References",
]


def test_every_rule_is_there() -> None:
    assert [rule.code for rule in RULES] == [
        *(f"PK{n:03}" for n in range(1, 9)),
        *(f"SEQ{n:03}" for n in range(1, 8)),
        *(f"FK{n:03}" for n in range(1, 9)),
        *(f"MD{n:03}" for n in range(1, 9)),
        *(f"AL{n:03}" for n in range(1, 4)),
        "SEC001",
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_page_has_its_headings(rule: Rule) -> None:
    pairs = itertools.pairwise(rule.page.splitlines())
    assert [line for line, below in pairs if line and below == "-" * len(line)] == HEADINGS
    assert re.search(
        r"https://(www\.postgresql|docs\.sqlalchemy|alembic\.sqlalchemy)\.org/", rule.page
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_page_fits_a_wide_terminal(rule: Rule) -> None:
    assert max(map(len, rule.page.splitlines())) <= 100


def test_names_and_summaries_are_words() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
        assert not rule.summary.endswith(".")
