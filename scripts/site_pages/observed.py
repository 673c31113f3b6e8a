"""What remediate finds in the example of each rule's page, and its repair: as it was measured.

scripts/page_examples.py writes the file, on a real PostgreSQL; a test runs the examples again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from remediate.findings.finding import Rule
from remediate.findings.remedy import Hazard
from remediate.render.locks import WAITING
from remediate.rules import RULES
from scripts.site_pages.markdown import Page, block, hazard_link, joined, link, prose, table

PATH = "remedies.md"
_FILE = Path(__file__).parent / "examples.json"
_OPEN = "\n".join


@dataclass(frozen=True, slots=True)
class Example:
    """A finding, and what would be done about it; `by_hand` is the reason where nothing would."""

    message: str
    severity: str
    confidence: str
    query: str
    by_hand: str = ""
    repair: str = ""
    undo: str = ""
    lock: str = ""
    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    finish: tuple[str, ...] = ()
    hazards: tuple[Hazard, ...] = ()


@cache
def examples() -> dict[str, Example]:
    """The example of each rule that has one, by code."""
    read = json.loads(_FILE.read_text(encoding="utf-8"))
    return {rule: _example(values) for rule, values in read.items()}


def _example(values: dict[str, object]) -> Example:
    lists = {k: tuple(v) for k, v in values.items() if isinstance(v, list)}
    lists["hazards"] = tuple(map(Hazard, lists.get("hazards", ())))
    return Example(**{**values, **lists})  # type: ignore[arg-type]


def rules_with(hazard: Hazard) -> tuple[str, ...]:
    """The codes of the rules whose repairs were seen to carry the hazard."""
    return tuple(rule for rule, example in examples().items() if hazard in example.hazards)


def section(rule: Rule, here: str) -> Iterator[str]:
    """What is found in the rule's example, and what would be done."""
    example = examples().get(rule.code)
    if example is None:
        return
    yield "## What is found there"
    yield f"> **{example.severity}, {example.confidence}**: {prose(example.message, here)}"
    if example.by_hand:
        yield f"By hand: {prose(example.by_hand, here)}."
    else:
        yield table(("Repair", prose(example.repair, here)), _rows(example, here))
        yield from _statements(example)
    if example.query:
        yield "This query has rows while the finding holds, and none once it is repaired:"
        yield block(example.query, "sql")


def _rows(example: Example, here: str) -> Iterator[tuple[str, str]]:
    yield "Lock", prose(example.lock, here)
    yield "Undo", prose(example.undo, here)
    if example.hazards:
        yield "It may carry", ", ".join(hazard_link(one, here) for one in example.hazards)


def _statements(example: Example) -> Iterator[str]:
    made = [
        ("Statements of the upgrade", example.up),
        ("Afterwards, in autocommit", example.finish),
    ]
    for title, statements in (*made, ("Statements of the downgrade", example.down)):
        if statements:
            text = block(_OPEN(f"{one.rstrip(';')};" for one in statements), "sql")
            inner = "\n".join(f"    {line}".rstrip() for line in text.splitlines())
            yield f'??? note "{title}"\n\n{inner}'


def page() -> Page:
    """Every repair: its lock, how it is undone, what it may carry."""
    shown = {rule: examples()[rule.code] for rule in RULES if rule.code in examples()}
    made = [(rule, one) for rule, one in shown.items() if not one.by_hand]
    rows = [
        (
            link(rule.code, f"rules/{rule.code}.md", PATH),
            prose(one.repair, PATH),
            prose(one.lock, PATH),
            prose(one.undo, PATH),
        )
        for rule, one in made
    ]
    carried = [
        (
            link(rule.code, f"rules/{rule.code}.md", PATH),
            ", ".join(hazard_link(h, PATH) for h in one.hazards) or "none",
        )
        for rule, one in made
    ]
    hand = [
        (link(rule.code, f"rules/{rule.code}.md", PATH), prose(one.by_hand, PATH))
        for rule, one in shown.items()
        if one.by_hand
    ]
    return Page(
        PATH,
        joined(
            [
                "# Repairs and their locks",
                "What a plan announces of the repair of each rule, for the example on the page of "
                "the rule. A test runs every example on a real PostgreSQL, and compares. The "
                "statements, up and down, are on the page of the rule.",
                table(("Rule", "Repair", "Lock", "Undo"), rows),
                "A revision takes every lock that it needs before its first statement. "
                f"It {WAITING[0].lower()}{WAITING[1:]}",
                "## Hazards",
                f"What a repair may carry where more hangs on the column; "
                f"{link('hazards', 'hazards.md', PATH)} explains each.",
                table(("Rule", "Hazards"), carried),
                "## By hand",
                "These examples have no revision: a person decides.",
                table(("Rule", "Why"), hand),
            ]
        ),
    )
