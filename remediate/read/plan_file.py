"""A plan that was saved as JSON."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remediate.errors import UsageProblem
from remediate.plan import FORMAT


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """The findings of a saved plan, and the database that it was made for."""

    system_identifier: str
    database: str
    repairable: tuple[str, ...]  # ids of findings


def load(path: Path) -> SavedPlan:
    """Raises UsageProblem for a file that is no plan."""
    document = _document(path)
    if document.get("format") != FORMAT:
        raise UsageProblem(
            f"{path} is no plan: its format is {document.get('format')!r}, not {FORMAT!r}",
            "Save one with: remediate plan -f json -o plan.json",
        )
    try:
        database = document["database"]
        return SavedPlan(
            str(database["system_identifier"]),
            str(database["name"]),
            tuple(str(f["id"]) for f in document["findings"] if "steps" in f["remedy"]),
        )
    except (KeyError, TypeError) as error:
        raise UsageProblem(f"{path} is damaged: {error} is missing or wrong") from error


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UsageProblem(f"{path} is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise UsageProblem(f"{path} is no plan")
    return document
