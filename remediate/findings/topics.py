"""A page that explains something which is no rule, and the words that lead to it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What a topic is called, and its page."""

    name: str
    summary: str
    page: str
    """Text for 80 columns, and Markdown at once."""
    next: str
    """The next command."""
    words: tuple[str, ...] = ()
    """What people call it as well, in lower case."""
    patterns: tuple[str, ...] = ()
    """What a text about it contains: regular expressions, for one line in any case."""

    def is_called(self, word: str) -> bool:
        """Whether this is its name, in any case, with dashes, underscores or blanks."""
        return _plain(word) in (self.name, *map(_plain, self.words))

    def is_about(self, text: str) -> bool:
        """Whether a text, such as pasted code or a sentence, contains what it is about."""
        lines = [" ".join(line.split()) for line in text.splitlines()]
        wanted = re.compile("|".join(self.patterns) or r"(?!)", re.IGNORECASE)
        return any(map(wanted.search, lines))


def _plain(word: str) -> str:
    return "-".join(re.split(r"[\s_-]+", re.sub(r"^\W+|\W+$", "", word).lower()))
