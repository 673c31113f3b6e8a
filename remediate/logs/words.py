"""A pattern that finds any of many words at once: many times faster than one after another."""

import re
from collections.abc import Iterable

_RAREST_FIRST = "QXZJKVjqxzWYGHkvywFBUMPCDLbgfuNRhmpOAIcdlrSTEnosaite"
_RANK = {letter: rank for rank, letter in enumerate(_RAREST_FIRST)}
_COMMON = len(_RAREST_FIRST)  # blanks and signs
_ENOUGH = 8  # letters that tell a word from others


def any_of(words: Iterable[str]) -> str:
    """A regular expression that is found in each text that holds one of the words.

    It may be found in others too: of each word it has a part that begins with a rare letter, so
    that few places of a text are looked at.
    """
    return _tree({_rare(word) for word in words})


def _rare(word: str) -> str:
    starts = range(max(1, len(word) - _ENOUGH + 1))
    best = min(starts, key=lambda n: _RANK.get(word[n], _COMMON) if word[n].isascii() else -1)
    return word[best : best + 2 * _ENOUGH]


def _tree(words: set[str]) -> str:
    """One alternative for all words with the same first letter."""
    if "" in words:
        return ""
    rests: dict[str, set[str]] = {}
    for word in sorted(words):
        rests.setdefault(word[0], set()).add(word[1:])
    parts = [re.escape(letter) + _tree(rest) for letter, rest in rests.items()]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
