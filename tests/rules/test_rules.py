"""What holds for every rule: its page, its name, and that its findings are fit to be printed."""

import ast
import itertools
import re
import sys
import typing
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
import new_rule

import remediate
from remediate.analysis.facts import KeyFacts, SequenceFacts
from remediate.findings.effects import ErrorKind, Inserts, Leaves
from remediate.findings.facts import OtherFacts, facts_as_json, facts_from_json, part_of
from remediate.findings.finding import Facts, Rule, by_severity
from remediate.rules import RULES
from tests.support import helpers

HEADINGS = [
    "What it does",
    "Why is this bad?",
    "Example",
    "Repair",
    "Safety",
    "What is not flagged",
    "References",
]


CODE = re.compile(r"([A-Z]+)(\d{3})")
FOLDER = Path(remediate.__file__).parent
CAPITALS = re.compile(r"[A-Z]+(?:[,;:]? [A-Z]+)+")
LAID = {
    words
    for text in (new_rule.PAGE, new_rule.TEST, new_rule.FRAGMENT)
    for words in CAPITALS.findall(text)
    if words not in ("CREATE TABLE", "PRIMARY KEY", "SQLSTATE XXXXX")
}
SPOKEN = {("findings/reasons.py", "FK006:public.log_*")}  # an example in a hint


@dataclass(frozen=True)
class Inner(Facts):
    key: KeyFacts


@dataclass(frozen=True)
class Outer(Facts):
    inner: Inner


def test_every_rule_is_there() -> None:
    """Each file below rules/ is a rule of the list, and the numbers of each kind have no gap."""
    files = {p.relative_to(FOLDER / "rules") for p in (FOLDER / "rules").glob("*/[!_]*.py")}
    modules = [Path(*rule.find.__module__.split(".")[2:]).with_suffix(".py") for rule in RULES]
    assert sorted(modules) == sorted(files)
    numbers: dict[str, list[int]] = {}
    for rule in RULES:
        match = CODE.fullmatch(rule.code)
        assert match is not None
        numbers.setdefault(match[1], []).append(int(match[2]))
    assert all(each == [*range(1, len(each) + 1)] for each in numbers.values()), numbers


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_folder_is_the_family(rule: Rule) -> None:
    assert rule.find.__module__.split(".")[-2] == rule.family.value


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_its_test_file(rule: Rule) -> None:
    family, module = rule.find.__module__.split(".")[-2:]
    text = (Path(__file__).parent / family / f"test_{module}.py").read_text(encoding="utf-8")
    assert f'"""{rule.code}' in text
    assert re.search(r"^def test_", text, re.MULTILINE)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_nothing_laid_is_left(rule: Rule) -> None:
    """What scripts/new_rule.py writes in capitals is replaced in the rule and in its test."""
    family, module = rule.find.__module__.split(".")[-2:]
    for path in (
        FOLDER / "rules" / family / f"{module}.py",
        Path(__file__).parent / family / f"test_{module}.py",
    ):
        assert [one for one in LAID if one in path.read_text(encoding="utf-8")] == []


def test_no_fragment_of_the_changelog_is_as_it_was_laid() -> None:
    for path in (FOLDER.parent / "changelog.d").glob("+*.md"):
        assert [one for one in LAID if one in path.read_text(encoding="utf-8")] == [], path.name


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_a_rule_says_of_itself_agrees(rule: Rule) -> None:
    assert isinstance(rule.stops, Inserts)
    assert isinstance(rule.leaves, Leaves)
    assert isinstance(rule.provable, bool)
    assert rule.symptom is None or rule.symptom.kind in rule.errors
    assert min(rule.errors.values(), default=1) >= 1
    assert rule.stops is not Inserts.NONE or rule.outlook is by_severity
    assert not rule.unfilled_at or rule.leaves is Leaves.DEFAULT
    assert not rule.provable or rule.leaves is not Leaves.NOTHING or rule.of_reference


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_symptom_invents_no_name(rule: Rule) -> None:
    names = re.findall(r'"([^"]*)"', rule.symptom.message) if rule.symptom else []
    assert {*names} <= {"{table}", "{column}", "..."}


def test_each_error_has_a_likeliest_cause() -> None:
    for kind in ErrorKind:
        ranks = sorted(rule.errors[kind] for rule in RULES if kind in rule.errors)
        assert ranks[:1] in ([], [1]), kind


def test_nobody_else_knows_a_rule_by_its_code() -> None:
    """What is to be known of a rule is a field of it: no text of code elsewhere is its code."""
    prefixes = "|".join({rule.code.rstrip("0123456789") for rule in RULES})
    a_code = re.compile(rf"({prefixes})(\d{{3}}(:.*)?)?", re.DOTALL)
    known = [
        (str(path.relative_to(FOLDER)), node.value)
        for path in FOLDER.rglob("*.py")
        if not path.is_relative_to(FOLDER / "rules")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if a_code.fullmatch(node.value)
    ]
    assert set(known) == SPOKEN


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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_facts_of_a_rule_come_back_from_json(rule: Rule) -> None:
    assert rule.facts
    for kind in rule.facts:
        facts = helpers.empty(kind, {})
        assert facts_from_json(rule, facts_as_json(facts)) == facts


def keys(kind: type[Facts]) -> list[str]:
    """The JSON keys of these facts, as often as a field writes them."""
    found: list[str] = []
    for name, hint in typing.get_type_hints(kind).items():
        parts = [k for k in (*typing.get_args(hint), hint) if isinstance(k, type)]
        parts = [part for part in parts if issubclass(part, Facts)]
        found += {key for part in parts for key in keys(part)} if parts else [name]
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_no_two_facts_of_a_rule_have_one_name(rule: Rule) -> None:
    for kind in rule.facts:
        assert sorted(keys(kind)) == sorted({*keys(kind)}), kind


def test_a_part_of_a_part_is_found() -> None:
    part = helpers.empty(KeyFacts, {})
    assert part_of(Outer(Inner(part)), KeyFacts) is part
    assert part_of(Outer(Inner(part)), SequenceFacts) is None


def test_facts_of_another_version_stay_as_they_are() -> None:
    rule, known = RULES[0], facts_as_json(helpers.facts(RULES[0].code, rows=3))
    for odd in ({}, known | {"more": 1}, known | {"sequence": 5}):
        facts = facts_from_json(rule, odd)
        assert isinstance(facts, OtherFacts)
        assert list(facts_as_json(facts).items()) == list(odd.items())
