"""A plan that was saved as JSON."""

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from remediate.config import SHAPING, Config, check_settings
from remediate.errors import UsageProblem
from remediate.plans import json_file
from remediate.plans.document import from_json, with_review
from remediate.plans.plan import FORMAT, Plan, Setting
from remediate.postgres.templates import file
from remediate.system import atomic
from remediate.system.printable import printable

SAVE = "Save one with: remediate plan --save plan.json"


def load(path: Path | str) -> Plan:
    """The plan that `save` wrote: what the file holds of it.

    Raises UsageProblem for a file that is no plan, with the place that is wrong.
    """
    document = _document(Path(path))
    if document.get("format") != FORMAT:
        raise UsageProblem(
            f"{path} is not a plan: its format is {document.get('format')!r}, not {FORMAT!r}", SAVE
        )
    if damage := json_file.damage(document, schema()):
        raise UsageProblem(f"{path} is damaged at {damage.where}: {damage.why}", SAVE)
    try:
        saved = from_json(document)
        check_settings({one.name: one.value for one in saved.settings if one.name in SHAPING})
        return saved
    except ValueError as error:
        raise UsageProblem(
            f"{path} cannot be read: {printable(str(error))}",
            "Use the version of remediate that made it, or make it again under another name.",
        ) from error


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a plan."""
    values: dict[str, Any] = json.loads(file("plan.schema.json").read_text(encoding="utf-8"))
    return values


def _document(path: Path) -> dict[str, Any]:
    document = json_file.read(path, str(path), SAVE)
    if not isinstance(document, dict):
        raise UsageProblem(f"{path} is not a plan", SAVE)
    return document


def save(plan: Plan, path: Path | str) -> None:
    """Write the plan with its decisions and settings.

    Raises UsageProblem where the file cannot be written; it has what it had then.
    """
    text = json.dumps(with_review(plan), indent=2, ensure_ascii=False) + "\n"
    try:
        atomic.replace(Path(path), text)
    except OSError as error:
        raise UsageProblem(
            f"{path} cannot be written: {error.strerror}", "Nothing was saved. Name another file."
        ) from error


def shaping(config: Config) -> tuple[Setting, ...]:
    """The settings that shape a plan, where they differ from their defaults."""
    default = Config()
    values = ((name, getattr(config, name)) for name in SHAPING)
    return tuple(Setting(name, value) for name, value in values if value != getattr(default, name))


def with_settings(config: Config, settings: Iterable[Setting]) -> Config:
    """The configuration with the settings of a plan in the place of its own.

    Raises UsageProblem for one that this version does not know.
    """
    given = {one.name: one.value for one in settings}
    if unknown := given.keys() - set(SHAPING):
        raise UsageProblem(
            f"the plan was made with settings unknown here: {', '.join(sorted(unknown))}",
            "Use the version of remediate that made it, or make it again.",
        )
    default = Config()
    own = {name: getattr(default, name) for name in SHAPING}
    return replace(config, **(own | given))
