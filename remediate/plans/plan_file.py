"""A plan that was saved as JSON."""

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from remediate.config import SHAPING, Config
from remediate.errors import UsageProblem
from remediate.plans.plan import FORMAT
from remediate.plans.saved import SavedPlan, parsed, written
from remediate.postgres.templates import file
from remediate.system import atomic

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


def save(saved: SavedPlan, path: Path) -> None:
    """Raises UsageProblem where the file cannot be written; it has what it had then."""
    text = json.dumps(written(saved), indent=2, ensure_ascii=False) + "\n"
    try:
        atomic.replace(path, text)
    except OSError as error:
        raise UsageProblem(
            f"{path} cannot be written: {error.strerror}", "Nothing was saved. Name another file."
        ) from error


def shaping(config: Config) -> dict[str, Any]:
    """Those that differ from their defaults, as JSON values."""
    default = Config()
    values = {name: getattr(config, name) for name in SHAPING}
    return {
        name: _plain(value) for name, value in values.items() if value != getattr(default, name)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def with_settings(config: Config, given: Mapping[str, Any]) -> Config:
    """The configuration with the settings of a plan in the place of its own.

    Raises UsageProblem for one that this version does not know.
    """
    if unknown := given.keys() - set(SHAPING):
        raise UsageProblem(
            f"the plan was made with settings unknown here: {', '.join(sorted(unknown))}",
            "Use the version of remediate that made it, or make it anew.",
        )
    default = Config()
    own = {f.name: getattr(default, f.name) for f in fields(Config) if f.name in SHAPING}
    made = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    return replace(config, **(own | made))
