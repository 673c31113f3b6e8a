"""What is alike in many schemas as JSON values: each list of schemas once, whatever is in them."""

from collections.abc import Iterable
from typing import Any

from remediate.findings.remedy import Manual
from remediate.plans.plan import Item
from remediate.plans.shapes import Shape, shapes


def groups_as_json(items: Iterable[Item]) -> dict[str, Any]:
    """The groups of findings, and the lists of schemas to which these refer by position."""
    shared = [shape for shape in shapes(items) if shape.is_shared]
    each = dict.fromkeys(shape.schemas for shape in shared)
    lists = {schemas: number for number, schemas in enumerate(each)}
    return {
        "groups": [_group(shape, lists[shape.schemas]) for shape in shared],
        "schema_lists": [list(schemas) for schemas in lists],
    }


def _group(shape: Shape, schemas: int) -> dict[str, Any]:
    finding = shape.first.finding
    place = finding.place
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "table": place.table.name if place.table else None,
        "column": place.column,
        "constraint": place.constraint,
        "message": shape.message,
        "repair": None if isinstance(shape.first.remedy, Manual) else shape.repair,
        "findings": len(shape.items),
        "schemas": schemas,
    }
