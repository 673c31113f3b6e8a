"""All pages that are made, and their places in the navigation."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from scripts.site_pages import (
    changelog,
    commands,
    documents_json,
    hazards,
    observed,
    outputs,
    rules,
    settings,
    topics,
)
from scripts.site_pages.markdown import Page

ROOT = Path(__file__).parents[2]


@cache
def pages() -> tuple[Page, ...]:
    """Every page that is made."""
    return (
        *rules.pages(),
        observed.page(),
        hazards.page(),
        *commands.pages(),
        settings.page(),
        *documents_json.pages(),
        outputs.formats(),
        outputs.exit_codes(),
        *topics.pages(),
        changelog.page(ROOT),
    )


def plain_files() -> tuple[Page, ...]:
    """What is published as it is: the JSON Schemas."""
    folder = ROOT / "templates"
    return tuple(
        Page(f"schemas/{file.name}", file.read_text(encoding="utf-8"))
        for file in sorted(folder.glob("*.schema.json"))
    )


def listed(nav: Iterable[Any]) -> list[Any]:
    """The navigation, with each folder (`rules/`) replaced by the pages that are made there."""
    return [_expanded(entry) for entry in nav]


def _expanded(entry: Any) -> Any:
    if isinstance(entry, dict):
        return {title: _below(value) for title, value in entry.items()}
    return entry


def _below(value: Any) -> Any:
    if isinstance(value, list):
        return listed(value)
    if isinstance(value, str) and value.endswith("/"):
        return rules.listed() if value == "rules/" else _made_in(value)
    return value


def _made_in(folder: str) -> list[str]:
    return [page.path for page in pages() if page.path.startswith(folder)]
