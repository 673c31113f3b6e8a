"""The Jinja2 templates, from the repository or from the installed package."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from remediate.postgres import filters
from remediate.postgres.sql import commented, literal
from remediate.system.words import counted, sized

if TYPE_CHECKING:
    import jinja2

_PACKAGE = Path(__file__).parent.parent


def file(name: str) -> Path:
    """The path of another file in the folder of templates."""
    return next(path for folder in _folders() if (path := folder / name).exists())


def _folders() -> list[Path]:
    return [f for f in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if f.is_dir()]


@cache
def environment() -> "jinja2.Environment":
    """The templates; an undefined variable is an error, never an empty string.

    Every command of a process shares it: nobody adds filters of his own.
    """
    import jinja2  # noqa: PLC0415  (not every command renders one)

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_folders()),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  (Python, SQL and Markdown, never HTML)
    )
    made.filters |= _FILTERS
    return made


@cache
def pages() -> "jinja2.Environment":
    """The same for HTML: whatever a value holds, it stays text, and each character is visible."""
    return environment().overlay(autoescape=True, finalize=_visible)


def _visible(value: object) -> object:
    """On one line, without what turns its direction or cannot be seen."""
    if not isinstance(value, str) or value.isprintable() or hasattr(value, "__html__"):
        return value
    return "".join(c if c.isprintable() or c == "\t" else repr(c)[1:-1] for c in value)


_FILTERS = {
    "cell": filters.cell,
    "code": filters.code,
    "counted": counted,
    "echo": filters.psql_argument,
    "line": commented,
    "literal": literal,
    "python": filters.python_literal,
    "quoted": filters.python_string,
    "shell": filters.shell_word,
    "sized": sized,
}


def statement(template: str, **values: object) -> str:
    """A statement from a template; the values are SQL that is safe already."""
    return environment().get_template(template).render(values).strip()
