"""The settings that shape a plan: kept in its file, so that it can be made again the same."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from remediate.config import Config
from remediate.errors import UsageProblem

SHAPING = (
    "schema", "table", "select", "ignore", "ignored", "generated_keys", "headroom", "identity",
    "uuid", "offline_window", "rows_rewritten", "deep", "values", "orphans", "on_delete",
    "references", "right", "engine",
)  # fmt: skip


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


def refuse_options(options: Mapping[str, Any]) -> None:
    """Raises UsageProblem for options that would shape a plan which is made already."""
    given = sorted(name for name in SHAPING if options.get(name) not in (None, [], ()))
    if options.get("approve") or options.get("reviewer"):
        raise UsageProblem(
            "a reviewed plan says itself what is approved, and by whom",
            "Change that with: remediate review PLAN",
        )
    if given:
        option = "--" + given[0].replace("_", "-")
        raise UsageProblem(
            f"{option} shapes a plan, and this one is made",
            f"Make it anew: remediate plan {option} ... --save FILE",
        )
