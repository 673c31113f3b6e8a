"""The Jinja2 templates: at the top of the repository, and inside the installed package."""

from pathlib import Path

import jinja2

from remediate.sql import commented

_HERE = Path(__file__).parent


def environment() -> jinja2.Environment:
    """Templates for text; a name that is not given is an error, never an empty string."""
    folders = [
        folder for folder in (_HERE / "templates", _HERE.parent / "templates") if folder.is_dir()
    ]
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  (Python, SQL and Markdown, never HTML)
    )
    made.filters["line"] = commented
    return made
