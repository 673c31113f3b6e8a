"""A plan as versioned JSON. Fields are added freely; none is renamed within a version."""

import json
from typing import Any

from remediate.findings.facts import facts_as_json
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.plan import FORMAT, Item, Plan
from remediate.render import impact


def render(plan: Plan) -> str:
    return json.dumps(document(plan), indent=2, ensure_ascii=False)


def document(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values. It holds no secret and no row's values besides extreme ids."""
    database = plan.database
    return {
        "format": FORMAT,
        "database": {
            "name": database.name,
            "host": database.host,
            "server_version": database.version_text,
            "system_identifier": database.system_identifier,
        },
        "heads": None if plan.heads is None else list(plan.heads),
        "project": {"bases": list(plan.bases), "heads": list(plan.tips)},
        "engine": plan.engine,
        "tables": plan.tables,
        "ignored": [{"what": one.what, "reason": one.reason} for one in plan.ignored],
        "left_out": [*map(str, plan.left_out), *plan.left_out_columns],
        **impact.of_database(plan),
        "findings": [_finding(item, plan) for item in plan.items],
        "healthy": [{**_place(h.place), "reason": h.reason} for h in plan.healthy],
        "unverified": [
            {**_place(u.place), "reason": u.reason, "verify": u.verify} for u in plan.unverified
        ],
    }


def _finding(item: Item, plan: Plan) -> dict[str, Any]:
    finding = item.finding
    around = plan.impacts.get(finding.id)
    return {
        "id": finding.id,
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        **_place(finding.place),
        "message": finding.message,
        "facts": facts_as_json(finding.facts),
        "model": {"file": finding.model.file, "line": finding.model.line}
        if finding.model
        else None,
        **(impact.values(around) if around else {}),
        "remedy": _remedy(item.remedy),
        "fingerprint": item.fingerprint,
    }


def _place(place: Any) -> dict[str, str | None]:
    return {
        "schema": place.table.schema if place.table else None,
        "table": place.table.name if place.table else None,
        "column": place.column,
        "constraint": place.constraint,
        "subject": place.subject,
    }


def _remedy(remedy: Remedy | Manual) -> dict[str, Any]:
    if isinstance(remedy, Manual):
        return {"manual": remedy.reason}
    return {
        "title": remedy.title,
        "undo": remedy.undo,
        "rows_rewritten": remedy.rows,
        "steps": [
            {
                "up": step.up,
                "down": step.down,
                "lock": step.lock.value,
                "relation": str(step.relation),
                "transactional": step.transactional,
                "hazards": [hazard.value for hazard in step.hazards],
            }
            for step in remedy.all_steps
        ],
    }
