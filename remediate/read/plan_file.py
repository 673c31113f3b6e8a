"""A plan that was saved as JSON."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from remediate.errors import UsageProblem
from remediate.plan import FORMAT
from remediate.saved import SavedPlan, parsed
from remediate.templates import file

SAVE = "Save one with: remediate plan --save plan.json"


def load(path: Path) -> SavedPlan:
    """Raises UsageProblem for a file that is no plan, with the place that is wrong."""
    document = _document(path)
    if document.get("format") != FORMAT:
        raise UsageProblem(
            f"{path} is no plan: its format is {document.get('format')!r}, not {FORMAT!r}", SAVE
        )
    from jsonschema import Draft202012Validator  # noqa: PLC0415  (a tenth of a second)

    problem = next(Draft202012Validator(schema()).iter_errors(document), None)
    if problem is not None:
        where = "/".join(map(str, problem.absolute_path)) or "its top"
        raise UsageProblem(f"{path} is damaged at {where}: {problem.message[:200]}", SAVE)
    return parsed({"settings": {}, **document})


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a plan."""
    made: dict[str, Any] = json.loads(file("plan.schema.json").read_text(encoding="utf-8"))
    return made


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read: {error.strerror}", SAVE) from error
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageProblem(f"{path} is no JSON: {error}", SAVE) from error
    if not isinstance(document, dict):
        raise UsageProblem(f"{path} is no plan", SAVE)
    return document
