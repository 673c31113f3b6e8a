"""Markdown for pages of the site: text as it is meant, cells, code, and links to other pages."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from remediate.findings.remedy import Hazard
from remediate.rules import RULES_BY_CODE

_SPECIAL = re.compile(r"([\\`*_\[\]{}#|])")
_CODE = re.compile(r"(`+[^`]+`+)")
_KNOWN = re.compile(
    rf"(?<![\w-])(?:(?P<option>--[a-z][a-z-]*)"
    rf"|(?P<rule>{'|'.join(RULES_BY_CODE)})|(?P<hazard>{'|'.join(Hazard)}))(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page below docs/: where it is, and its Markdown."""

    path: str
    text: str


def escaped(text: str) -> str:
    """The text in one line, with nothing that Markdown or HTML would read as markup."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return _SPECIAL.sub(r"\\\1", plain)


def prose(text: str, page: str) -> str:
    """A text of the program as Markdown of that page.

    What stands in backticks stays code, options become code, rules and hazards become links.
    """
    parts = _CODE.split(" ".join(text.split()))
    return "".join(
        code(part.strip("`")) if number % 2 else _linked(part, page)
        for number, part in enumerate(parts)
    )


def _linked(text: str, page: str) -> str:
    made, end = [], 0
    for found in _KNOWN.finditer(text):
        made += [_kept(text[end : found.start()]), _link_of(found, page)]
        end = found.end()
    return "".join(made) + _kept(text[end:])


def _kept(text: str) -> str:
    """Escaped, with the blanks around it."""
    return _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def _link_of(found: re.Match[str], page: str) -> str:
    if option := found["option"]:
        return code(option)
    if rule := found["rule"]:
        target = f"rules/{rule}.md"
        return rule if target == page else link(rule, target, page)
    return hazard_link(Hazard(found["hazard"]), page)


def link(text: str, target: str, page: str) -> str:
    """A link from one page to another, or to an anchor of it; `text` is Markdown already."""
    path, hash_, anchor = target.partition("#")
    return f"[{text}]({posixpath.relpath(path, posixpath.dirname(page) or '.')}{hash_}{anchor})"


def rule_link(rule: str, page: str) -> str:
    """A link to the page of a rule, by its code."""
    return link(rule, f"rules/{rule}.md", page)


def hazard_link(hazard: Hazard, page: str) -> str:
    """A link to what a hazard is about."""
    return link(code(hazard.value), f"hazards.md#{hazard.value.lower()}", page)


def code(text: str) -> str:
    """The text as code within a line, in a cell of a table too."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}".replace("|", "&#124;") if "|" not in text else _code_tag(text)


def _code_tag(text: str) -> str:
    """In backticks no cell can hold a vertical line."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "&#124;")
    return f"<code>{plain}</code>"


def block(text: str, language: str = "text") -> str:
    """The lines as a block of code, whatever they contain."""
    fence = "`" * max(3, *(len(run) + 1 for run in [*re.findall(r"`+", text), ""]))
    return f"{fence}{language}\n{text}\n{fence}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; its cells are Markdown of one line."""
    columns = [*head]
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def joined(parts: Iterable[str]) -> str:
    """Blocks below each other; empty ones are left out."""
    return "\n\n".join(filter(None, parts)) + "\n"
