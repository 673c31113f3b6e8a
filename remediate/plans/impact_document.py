"""Risk and impact as JSON values of a plan, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from remediate.findings.effects import Inserts, When
from remediate.findings.finding import Tier
from remediate.plans.impact.consequences import Consequences
from remediate.plans.impact.flow import Flow, Health, State, Step
from remediate.plans.impact.graph import Cycle, Reach
from remediate.plans.impact.impact import Assessment, Impact
from remediate.plans.impact.risk import Risk
from remediate.rules import rule_of
from remediate.snapshots.defaults import words
from remediate.snapshots.tables import Name

Json = Mapping[str, Any]


def impact_as_json(impact: Impact) -> dict[str, Any]:
    """What JSON says of a finding's impact."""
    risk, consequences = impact.risk, impact.consequences
    return {
        "risk": {
            "probability": risk.probability,
            "impact": risk.impact,
            "score": risk.score,
            "tier": risk.tier.value,
            "when": consequences.when.value,
            "why": list(risk.why),
            **({"spoils": True} if consequences.spoils else {}),
        },
        "root": str(impact.table) if impact.table else None,
        **_reach_as_json("affects", impact.affects),
        **_reach_as_json("affects_directly", impact.direct),
        **_reach_as_json("stopped", impact.stopped),
        **_reach_as_json("needs", impact.needs),
        "feature": impact.feature or None,
        "features": list(impact.features),
        "broken_now": consequences.broken or None,
        "works_by_accident": consequences.by_accident or None,
        "will_break": consequences.to_come or None,
    }


def impact_from_json(values: Json, table: Name | None) -> Impact:
    """The impact of the finding with these values, at this table."""
    risk = values["risk"]
    root, spoils = values.get("root"), risk.get("spoils", False)
    return Impact(
        finding=values["id"],
        table=name_from_text(root) if root else table,
        feature=values.get("feature") or "",
        risk=Risk(risk["probability"], risk["impact"], Tier(risk["tier"]), tuple(risk["why"])),
        consequences=Consequences(
            when=When(risk["when"]),
            stops=rule_of(values["rule"]).stops is not Inserts.NONE and not spoils,
            spoils=spoils,
            broken=values.get("broken_now") or "",
            by_accident=values.get("works_by_accident") or "",
            to_come=values.get("will_break") or "",
        ),
        direct=_reach("affects_directly", values),
        affects=_reach("affects", values),
        stopped=_reach("stopped", values),
        needs=_reach("needs", values),
        features=tuple(values.get("features", ())),
    )


def _reach_as_json(name: str, reach: Reach) -> dict[str, Any]:
    return {name: _texts(reach.nearest), f"{name}_count": reach.count}


def _reach(name: str, values: Json) -> Reach:
    """Older plans name every table, and count none."""
    names = _names(values.get(name, ()))
    return Reach(values.get(f"{name}_count", len(names)), names)


def assessment_as_json(assessment: Assessment) -> dict[str, Any]:
    """What JSON says of the database as a whole."""
    return {
        "score": assessment.score,
        "tiers": {tier.value: assessment.tiers.get(tier, 0) for tier in Tier},
        "insertion_order": _texts(assessment.insertion_order),
        "cycles": [
            {"tables": _texts(c.tables), "left_null_first": list(c.left_null_first)}
            for c in assessment.cycles
        ],
        "referenced_by": {
            str(table): _texts(below) for table, below in assessment.referenced_by.items()
        },
        "repair_order": list(assessment.repair_order),
        "flows": [*map(flow_as_json, assessment.flows)],
    }


def assessment_from_json(document: Json) -> Assessment:
    """The database as a whole; as if nothing were at risk, where the document is silent."""
    return Assessment(
        score=document.get("score", 100),
        tiers={Tier(tier): n for tier, n in document.get("tiers", {}).items() if n},
        insertion_order=_names(document.get("insertion_order", ())),
        cycles=tuple(
            Cycle(_names(c["tables"]), tuple(c["left_null_first"]))
            for c in document.get("cycles", ())
        ),
        referenced_by={
            name_from_text(table): _names(below)
            for table, below in document.get("referenced_by", {}).items()
        },
        repair_order=tuple(document.get("repair_order", ())),
        flows=tuple(map(_flow, document.get("flows", ()))),
    )


def flow_as_json(flow: Flow) -> dict[str, Any]:
    """What JSON says of a flow, and of each of its tables."""
    return {
        "name": flow.name,
        "state": flow.state.value,
        "why": list(flow.reasons),
        "unknown": list(flow.unknown),
        "tables": [
            {
                "table": str(step.health.table),
                "core": step.core,
                "state": step.health.state.value,
                "why": step.health.reason or None,
                "finding": step.health.finding or None,
            }
            for step in flow.steps
        ],
    }


def _flow(values: Json) -> Flow:
    steps = (Step(one["core"], _health(one)) for one in values["tables"])
    return Flow(values["name"], tuple(steps), tuple(values["unknown"]))


def _health(values: Json) -> Health:
    table, state = name_from_text(values["table"]), State(values["state"])
    return Health(table, state, values["why"] or "", values["finding"] or "")


def _texts(names: Iterable[Name]) -> list[str]:
    return [str(name) for name in names]


def _names(texts: Sequence[str]) -> tuple[Name, ...]:
    return tuple(map(name_from_text, texts))


def name_from_text(text: str) -> Name:
    """The name that prints as this text; raises ValueError for one without a schema."""
    parts = words(text)
    if len(parts) != 2:
        raise ValueError(f"{text} is no qualified name")
    return Name(*parts)
