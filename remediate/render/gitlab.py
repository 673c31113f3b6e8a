"""What is found as a code quality report of GitLab, which shows it in merge requests.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from remediate.findings.finding import Finding, Severity, Tier
from remediate.plans.plan import Item, Plan
from remediate.plans.urgency import most_urgent_first
from remediate.postgres.sql import commented
from remediate.render.sources import source
from remediate.system.paths import Repository

_OF_TIER = {
    Tier.CRITICAL: "blocker",
    Tier.HIGH: "critical",
    Tier.MEDIUM: "major",
    Tier.LOW: "minor",
}
_OF_SEVERITY = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(plan: Plan, repository: Repository, items: Iterable[Item] | None = None) -> str:
    """These items of the plan, or all, the most urgent first; [] where nothing is found."""
    issues = [_issue(item, plan, repository) for item in most_urgent_first(plan, items)]
    return json.dumps(issues, indent=2, ensure_ascii=False)


def _issue(item: Item, plan: Plan, repository: Repository) -> dict[str, Any]:
    finding = item.finding
    file, line = source(finding, repository)
    return {
        "type": "issue",
        "check_name": finding.rule,
        "description": commented(f"{finding.rule} {finding.name}: {_message(finding)}"),
        "categories": ["Bug Risk"],
        "severity": _severity(item, plan),
        "fingerprint": hashlib.sha256(item.id.encode(errors="surrogateescape")).hexdigest(),
        "location": {"path": file, "lines": {"begin": line}},
    }


def _message(finding: Finding) -> str:
    place = str(finding.place)
    return finding.message if place in finding.message else f"{place}: {finding.message}"


def _severity(item: Item, plan: Plan) -> str:
    """By its risk; by the finding alone, where no database was read."""
    impact = plan.impacts.get(item.id)
    return _OF_TIER[impact.risk.tier] if impact else _OF_SEVERITY[item.finding.severity]
