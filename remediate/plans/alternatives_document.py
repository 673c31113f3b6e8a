"""Alternatives as JSON values, and back."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from remediate.findings.alternative import Alternative, Meanwhile, Way
from remediate.findings.remedy import Hazard


def alternative_as_json(one: Alternative) -> dict[str, Any]:
    """What can be chosen, how, and what it costs."""
    return {**asdict(one), "needs": list(one.needs)}


def alternatives_from_json(finding: Mapping[str, Any]) -> tuple[Alternative, ...]:
    """Those of a finding of a plan; an older one holds none.

    Raises ValueError for a way or a hazard that no version up to this one knows.
    """
    return tuple(map(_alternative, finding.get("alternatives", ())))


def _alternative(values: Mapping[str, Any]) -> Alternative:
    known = {one.name: values[one.name] for one in fields(Alternative)}
    known["way"], known["meanwhile"] = Way(values["way"]), Meanwhile(values["meanwhile"])
    known["needs"] = tuple(map(Hazard, values["needs"]))
    return Alternative(**known)
