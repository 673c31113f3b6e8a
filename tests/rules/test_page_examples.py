"""The example on the page of a rule: the site shows what is found in it, and the repair."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from remediate.findings.remedy import Hazard
from remediate.rehearsal.scratch import Server
from remediate.rules import RULES
from scripts.site_pages.observed import examples
from tests.corpora.pages import AWKWARD, CASES, Case
from tests.support import helpers
from tests.support.page_examples import execute, found, seen

ROOT = Path(__file__).parents[2]
SHOWN = json.loads((ROOT / "scripts" / "site_pages" / "examples.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def url(newest: Server):
    with newest.database() as database:
        yield database


@pytest.mark.few_in_ci(7)
@pytest.mark.parametrize("rule", [case.rule for case in CASES])
def test_the_site_shows_what_is_found(rule: str, url: sa.URL) -> None:
    """Else: scripts/page_examples.py writes it."""
    assert seen(url, rule) == SHOWN[rule]


def test_a_changed_example_is_seen(url: sa.URL) -> None:
    """One that lost its defect, one that does not run, and one that fails no more."""
    assert (
        found(Case("PK001", before="CREATE TABLE users (id serial PRIMARY KEY)", own=False), url)
        == []
    )
    with pytest.raises(AssertionError, match="CREATE TABLE users"):
        found(Case("PK001", before="CREATE TABLE users (id serial PRIMARY KEY)"), url)
    with helpers.connected(url) as connection, pytest.raises(AssertionError, match="SELECT 1"):
        execute("SELECT 1;   -- fails", connection)


def test_each_rule_about_a_database_has_an_example() -> None:
    shown = {case.rule for case in CASES}
    assert [*SHOWN] == [case.rule for case in CASES]
    assert {case.rule for case in AWKWARD} <= shown
    of_files = {"MD006", "MD007", "MD008", "AL001", "AL002", "AL003", "SEC001", "SEC002", "SEC003"}
    assert {rule.code for rule in RULES} - shown == of_files | {"IX001"}


def test_each_hazard_has_a_rule() -> None:
    """But for two that no repair carries any more."""
    met = {hazard for example in examples().values() for hazard in example.hazards}
    assert set(Hazard) - met == {Hazard.USER_TRIGGERS, Hazard.COLUMN_ORDER}
    remedies = "".join(p.read_text() for p in (ROOT / "remediate" / "remedies").glob("*.py"))
    assert "USER_TRIGGERS" not in remedies
    assert "COLUMN_ORDER" not in remedies
