"""The examples on the pages of the rules, run: what is found, and what would be done."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import sqlalchemy as sa

from remediate.findings.finding import Finding, Rule
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.plan import Item
from remediate.render.locks import of_each
from remediate.rules import RULES_BY_CODE
from scripts.site_pages.documents import language, sections
from tests.corpora import remedies
from tests.corpora.pages import AWKWARD, CASES, Case
from tests.support import helpers

_ROLE = b"DO $$ BEGIN CREATE USER app; EXCEPTION WHEN duplicate_object THEN END $$"  # of a page
FAILS = re.compile(r"-- .*\bfails\b")


def seen(url: sa.URL, rule: str) -> dict[str, Any]:
    """What the page of a rule shows of its example, with the hazards of awkward ones."""
    (case,) = (one for one in CASES if one.rule == rule)
    items = found(case, url)
    page = _values(items[0])
    more = [item for one in AWKWARD if one.rule == rule for item in found(one, url)]
    if hazards := {h.value for item in (items[0], *more) for h in _hazards(item)}:
        page["hazards"] = sorted(hazards)
    return page


def found(case: Case, url: sa.URL) -> list[Item]:
    """What the case's own rule finds in its database, which is made anew."""
    remedies.wipe(url)
    rule = RULES_BY_CODE[case.rule]
    with helpers.connected(url) as connection:
        connection.execute(_ROLE)
        execute(case.before, connection)
        execute(_own(rule) if case.own else "", connection)
        execute(case.after, connection)
        connection.execute(case.more.encode())
    metadata = sa.MetaData()
    for name, parts in case.models().items():
        sa.Table(name, metadata, *parts)
    models = helpers.declared(metadata, tracked=case.tracked)
    live = helpers.snapshot(url, models)
    verdicts = rule.find(live, models, case.options)
    findings = [one for one in verdicts if isinstance(one, Finding)]
    return [Item.of(one, rule.remedy(one, live, case.options)) for one in findings]


def _own(rule: Rule) -> str:
    """The SQL of the page's example."""
    text = sections(rule.page)["Example"]
    return text if language(text) == "sql" else ""


def execute(text: str, connection: psycopg.Connection) -> None:
    """Each statement, of which those that the page calls failing have to fail."""
    for statement, remark in _statements(text):
        try:
            connection.execute(statement.encode())
        except psycopg.Error:
            assert FAILS.search(remark), statement
        else:
            assert not FAILS.search(remark), statement


def _statements(text: str) -> Iterator[tuple[str, str]]:
    """Each statement with the remark behind it."""
    for statement, remark in re.findall(r"([^;]+);?[ \t]*(--.*)?", text):
        if re.sub(r"--.*", "", statement).strip():
            yield statement, remark


def _hazards(item: Item) -> frozenset[Any]:
    return item.remedy.hazards if isinstance(item.remedy, Remedy) else frozenset()


def _values(item: Item) -> dict[str, Any]:
    finding, remedy = item.finding, item.remedy
    start: dict[str, Any] = {
        "message": finding.message,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "query": RULES_BY_CODE[finding.rule].query(finding),
    }
    if isinstance(remedy, Manual):
        return {**start, "by_hand": remedy.reason}
    assert isinstance(remedy, Remedy)
    return {
        **start,
        "repair": remedy.title,
        "undo": remedy.undo,
        "lock": of_each([remedy]),
        "up": [step.up for step in remedy.steps],
        "down": [step.down for step in reversed(remedy.steps) if step.down],
        "finish": [step.up for step in remedy.finish],
    }
