"""The Jinja2 templates: at the top of the repository, and inside the installed package."""

from functools import cache
from pathlib import Path

import jinja2

from remediate.postgres.sql import commented

_PACKAGE = Path(__file__).parent.parent


def file(name: str) -> Path:
    """A file among the templates that is none itself."""
    return next(path for folder in _folders() if (path := folder / name).exists())


def _folders() -> list[Path]:
    return [f for f in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if f.is_dir()]


@cache
def environment() -> jinja2.Environment:
    """Templates for text; a name that is not given is an error, never an empty string."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_folders()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  (Python, SQL and Markdown, never HTML)
    )
    made.filters["line"] = commented
    return made


def statement(template: str, **values: object) -> str:
    """A statement from a template, in which the values stand as SQL."""
    return environment().get_template(template).render(values).strip()
