"""The server's own words for the errors that are looked for, in the languages that it speaks.

The files of `catalogue/` hold them: an English text, and below it what the message catalogues of
PostgreSQL 15 to 18 say instead; `scripts/messages.py` brings them up to date. A few that older
servers and drivers write were added by hand. A log in another language is told by its SQLSTATE,
where it has one.
"""

from functools import cache
from importlib.resources import files

_INDENT = "    "


@cache
def texts(name: str) -> tuple[str, ...]:
    """The messages in one file of the catalogue, in every language; fields are in braces."""
    return tuple(dict.fromkeys(said for _, said in _lines(name)))


@cache
def labels() -> dict[str, str]:
    """What stands before a part of a message, and what it is in English."""
    return {said: english for english, said in _lines("labels")}


@cache
def _lines(name: str) -> tuple[tuple[str, str], ...]:
    """The English text and the text itself."""
    found, english = [], ""
    for line in (files(__package__) / "catalogue" / f"{name}.txt").read_text("utf-8").splitlines():
        said = line.strip().partition(" ")[2] if line.startswith(_INDENT) else line
        english = english if line.startswith(_INDENT) else line
        found.append((english, said))
    return tuple(found)
