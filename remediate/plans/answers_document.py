"""Decisions of reviewers as JSON values, and back."""

from collections.abc import Mapping
from typing import Any

from remediate.findings.remedy import Hazard
from remediate.plans.answers import Answer, Decision


def decision_as_json(decision: Decision) -> dict[str, Any]:
    """Who decided what, when and why."""
    return {
        "answer": decision.answer.value,
        "reviewer": decision.reviewer,
        "date": decision.date,
        "time": decision.time,
        "fingerprint": decision.fingerprint,
        "reason": decision.reason,
        "allowed": list(decision.allowed),
        "choice": decision.choice,
    }


def decisions_from_json(finding: Mapping[str, Any]) -> tuple[Decision, ...]:
    """Those about a finding of a plan; an older one holds the one that counts, and no list.

    Raises ValueError for an answer and a hazard that no version up to this one knows.
    """
    one = finding.get("decision")
    return tuple(map(_decision, finding.get("decisions", [one] if one else [])))


def check_settled(finding: Mapping[str, Any], decision: Decision | None) -> None:
    """Raises ValueError where the file gives another decision than reviewers came to."""
    settled = decision_as_json(decision) if decision else None
    if "decisions" in finding and finding.get("decision") != settled:
        raise ValueError(f"the decision about {finding['id']} is not what its decisions amount to")


def _decision(values: Mapping[str, Any]) -> Decision:
    return Decision(
        Answer(values["answer"]),
        values["reviewer"],
        values["date"],
        values["fingerprint"],
        values["reason"],
        tuple(Hazard(name).value for name in values["allowed"]),
        values.get("time", ""),
        values.get("choice", ""),
    )
