"""Pages that are written for the terminal, as Markdown: headings, lists, terms, examples."""

import re
from collections.abc import Iterator
from itertools import groupby

from remediate.lint import KINDS
from scripts.site_pages.markdown import block, prose

_HEADING = re.compile(r"^(\S.*)\n([-=])\2+$", re.MULTILINE)
_ADDRESS = re.compile(r"https?://\S+")
_ITEM = re.compile(r"(?:- |\d+\. )")
_TERM = re.compile(r"([a-z]+) {2,}(\S.*)")
_PYTHON = re.compile(
    r"\bop\.|\bclass \w|\bdef \w|mapped_column|Column\(|\bMetaData\b"
    r"""|^\w+ = (?:\[|[\w.]*[("'.])"""
)
_SQL = re.compile(
    r"^ *(?:CREATE|ALTER|DROP|INSERT|SELECT|DELETE|GRANT|SET|UPDATE|TRUNCATE|\.\.\.)\b|^ *--"
)
_TOML = re.compile(r"^\[tool\.", re.MULTILINE)


def sections(page: str) -> dict[str, str]:
    """The texts of a page by their headings; what comes before the first one is under ""."""
    start, *rest = _HEADING.split(page.strip())
    return {
        "": start.strip(),
        **{h: t.strip("\n") for h, t in zip(rest[::3], rest[2::3], strict=True)},
    }


def as_markdown(text: str, page: str) -> str:
    """The text of a section as Markdown of that page."""
    return "\n\n".join(_parts(text, page))


def _parts(text: str, page: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        if _ITEM.match(paragraph):
            yield "\n".join(_items(paragraph, page))
            continue
        for indented, group in groupby(paragraph.splitlines(), lambda line: line.startswith("  ")):
            lines = [*group]
            yield _indented(lines, page) if indented else _plain(lines, page)


def _items(paragraph: str, page: str) -> Iterator[str]:
    for item in re.split(r"\n(?=- |\d+\. )", paragraph):
        found = _ITEM.match(item)
        start = found.group() if found else ""
        yield start + prose(item[len(start) :], page)


def _plain(lines: list[str], page: str) -> str:
    if all(_ADDRESS.fullmatch(line) for line in lines):
        return "\n".join(f"- <{line}>" for line in lines)
    return prose(" ".join(lines), page)


def _indented(lines: list[str], page: str) -> str:
    """Terms with what they are about, or an example."""
    inner = [line[2:] for line in lines]
    if len(inner) == 1 and inner[0] in KINDS:
        return f"### {inner[0]}"
    terms: list[tuple[str, list[str]]] = []
    for line in inner:
        found = _TERM.fullmatch(line)
        if found and "   " not in found[2]:
            terms.append((found[1], [found[2]]))
        elif terms and line.startswith(" "):
            terms[-1][1].append(line.strip())
        else:
            text = re.sub(r" {3,}(?=\()", "  ", "\n".join(inner))
            return block(text, language(text))
    return "\n\n".join(f"{term}\n:   {prose(' '.join(told), page)}" for term, told in terms)


def language(text: str) -> str:
    """In which language an example is written, as far as its look tells."""
    if _TOML.search(text):
        return "toml"
    lines = text.splitlines()
    if any(map(_SQL.match, lines)):
        return "sql"
    return "python" if any(map(_PYTHON.search, lines)) else "text"
