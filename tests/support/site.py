"""A built site as its readers meet it: the text, the anchors and the links of each page."""

import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

FETCHED = ("modulepreload", "preload", "stylesheet", "icon", "preconnect", "dns-prefetch")


class _Reader(HTMLParser):
    """What a page holds."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids += [values["id"]] if "id" in values else []
        self.silent += tag in ("script", "style")
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if "src" in values or (tag == "link" and values.get("rel") in FETCHED):
            self.fetched.append(values.get("src") or values["href"])

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


@dataclass(frozen=True)
class Seen:
    """A page: its text with single blanks, its anchors, where it leads, what it loads."""

    text: str
    ids: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()
    fetched: tuple[str, ...] = ()
    repeated: frozenset[str] = frozenset()  # anchors that two places have


@dataclass(frozen=True)
class Site:
    """The pages by their paths, and the other files."""

    pages: dict[str, Seen]
    files: frozenset[str] = field(default_factory=frozenset)

    def at(self, path: str) -> Seen:
        """The page of a folder; one without text where there is none."""
        return self.pages.get(posixpath.join(path, "index.html"), Seen(""))

    def dead_links(self) -> list[str]:
        """Each link inside the site that leads to no file, or to no anchor of its page."""
        return [
            f"{path}: {link}"
            for path, page in self.pages.items()
            if path != "404.html"
            for link in (*page.links, *page.fetched)
            if not self._leads(path, link)
        ]

    def _leads(self, path: str, link: str) -> bool:
        if urlsplit(link).scheme:
            return True
        target, anchor = map(unquote, urldefrag(link))
        to = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
        if to not in self.files:
            to = posixpath.normpath(posixpath.join(to, "index.html"))
        there = self.pages.get(to)
        return to in self.files and (not anchor or (there is not None and anchor in there.ids))

    def from_elsewhere(self) -> Iterator[str]:
        """What a page would load from another host."""
        for path, page in self.pages.items():
            yield from (f"{path}: {one}" for one in page.fetched if urlsplit(one).netloc)


def read(folder: Path) -> Site:
    """The site in a folder."""
    files = {str(p.relative_to(folder)): p for p in folder.rglob("*") if p.is_file()}
    pages = {name: _page(p.read_text()) for name, p in files.items() if name.endswith(".html")}
    return Site(pages, frozenset(files))


def _page(html: str) -> Seen:
    reader = _Reader()
    reader.feed(html)
    text = " ".join("".join(reader.words).split())
    repeated = frozenset(one for one, count in Counter(reader.ids).items() if count > 1)
    links, fetched = tuple(reader.links), tuple(reader.fetched)
    return Seen(text, frozenset(reader.ids), links, fetched, repeated)
