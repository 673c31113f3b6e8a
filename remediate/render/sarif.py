"""What is found as SARIF 2.1.0: for GitHub's code scanning, and for editors."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from remediate import __version__
from remediate.findings.finding import Finding, Rule, Severity, Unverified
from remediate.plans.baseline import Checked, Entry
from remediate.plans.plan import Plan
from remediate.postgres.sql import commented
from remediate.render.sources import source
from remediate.rules import RULES
from remediate.system import addresses
from remediate.system.paths import Repository

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LONGEST = 1024  # characters of a description that GitHub takes
_ROOT = "%SRCROOT%"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_INDEX = {rule.code: index for index, rule in enumerate(RULES)}


def render(
    plan: Plan, repository: Repository, *, side: str = "", known: Mapping[str, Entry] | None = None
) -> str:
    """One run with everything that was found; what is known of it, as far as that was compared."""
    results = [_result(item.finding, repository, known) for item in plan.items]
    run = {
        "tool": {"driver": _driver()},
        # Two of one kind for a commit replace each other.
        "automationDetails": {"id": f"remediate/{side or plan.engine or 'database'}/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "the root of the repository"}}},
        "invocations": [_invocation(plan.unverified)],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False)


def of_check(made: Checked, repository: Repository) -> str:
    """A check: everything, with what is known of it."""
    told = {item.finding.id: item for item in made.to_report}
    items = tuple(told.get(item.finding.id, item) for item in made.plan.items)
    shown = replace(made.plan, items=items)
    return render(shown, repository, side=made.look.side, known=made.accepted)


def _driver() -> dict[str, Any]:
    return {
        "name": "remediate",
        "version": __version__,
        "informationUri": addresses.DOCUMENTATION,
        "rules": [_rule(rule) for rule in RULES],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    page = rule.page.strip()
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": _first_section(page)},
        "helpUri": addresses.rule(rule.code),
        "help": {"text": page, "markdown": _markdown(page)},
        "defaultConfiguration": {"level": "warning"},  # each result says its own
        "properties": {"tags": ["database", "postgresql"]},
    }


def _first_section(page: str) -> str:
    """What the rule does: the text below the first heading."""
    below = re.split(r"^-{3,}$", page, flags=re.MULTILINE)[1]
    text = " ".join(below.rpartition("\n\n")[0].split())
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _markdown(page: str) -> str:
    """The page, with what is indented in it as code. Its headings are Markdown already."""
    return re.sub(r"(?:^ {2}.*\n?)(?:\n*^ {2}.*\n?)*", _fenced, page, flags=re.MULTILINE)


def _fenced(match: re.Match[str]) -> str:
    return f"```\n{match[0].rstrip()}\n```\n"


def _result(
    finding: Finding, repository: Repository, known: Mapping[str, Entry] | None
) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": _INDEX[finding.rule],
        "level": _LEVEL[finding.severity],
        "message": {"text": commented(finding.message)},
        "locations": [_location(finding, repository)],
        "partialFingerprints": _fingerprints(finding),
        "properties": {"id": finding.id, "confidence": finding.confidence.value},
        **(_state(known.get(finding.id)) if known is not None else {}),
    }


def _location(finding: Finding, repository: Repository) -> dict[str, Any]:
    file, line = source(finding, repository)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(file), "uriBaseId": _ROOT},
            "region": {"startLine": line, "startColumn": 1, "endLine": line, "endColumn": 2},
        },
        "logicalLocations": [{"fullyQualifiedName": commented(str(finding.place))}],
    }


def _fingerprints(finding: Finding) -> dict[str, str]:
    """Of the id: GitHub would tell results by their line, and tables may share the line of a key.

    It reads the first one only.
    """
    digest = hashlib.sha256(finding.id.encode(errors="surrogateescape")).hexdigest()[:16]
    return {"primaryLocationLineHash": f"{digest}:1", "remediateFinding/v1": digest}


def _state(entry: Entry | None) -> dict[str, Any]:
    if entry is None:
        return {"baselineState": "new", "suppressions": []}
    accepted = {"kind": "external", "justification": entry.reason or "in the baseline"}
    return {"baselineState": "unchanged", "suppressions": [accepted]}


def _invocation(unverified: Iterable[Unverified]) -> dict[str, Any]:
    said = [f"not verified: {u.place}: {u.reason}. {u.verify}" for u in unverified]
    notes = [{"level": "warning", "message": {"text": commented(text)}} for text in said]
    return {"executionSuccessful": True, "toolExecutionNotifications": notes}
