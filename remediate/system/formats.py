"""The formats in which a plan is shown: an option chooses one, a renderer makes it."""

from enum import StrEnum


class PlanFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    SARIF = "sarif"
    GITHUB = "github"
