"""A pattern that finds any of many words at once: many times faster than one after another."""

import re
from collections.abc import Iterable

_RAREST_FIRST = "QXZJKVjqxzWYGHkvywFBUMPCDLbgfuNRhmpOAIcdlrSTEnosaite"
_RANK = {letter: rank for rank, letter in enumerate(_RAREST_FIRST)}
_COMMON = len(_RAREST_FIRST)  # blanks and signs
_ENOUGH = 8  # letters that tell a word from others
Parts = dict[str, set[str]]  # of words, with what has to be matched by their end; "" for no more


def any_of(words: Iterable[str]) -> str:
    """A regular expression that is found in each text that holds one of the words.

    It may be found in others too: of each word it has a part that begins with the rarest letter, so
    that few places of a text are looked at.
    """
    parts: Parts = {}
    for word in words:
        at = min(range(len(word)), key=lambda n: _rank(word[n]))
        part = word[at : at + 2 * _ENOUGH]
        whole = word[max(0, at + len(part) - 2 * _ENOUGH) : at + len(part)]
        parts.setdefault(part, set()).add("" if len(part) >= _ENOUGH else whole)
    return _tree(parts)


def _rank(letter: str) -> int:
    return _RANK.get(letter, _COMMON) if letter.isascii() else -1


def _tree(parts: Parts) -> str:
    """One alternative for all words with the same first letter."""
    ended = parts.get("", set())
    if "" in ended:
        return ""
    rests: dict[str, Parts] = {}
    for part in sorted(parts.keys() - {""}):
        rests.setdefault(part[0], {}).setdefault(part[1:], set()).update(parts[part])
    found = [f"(?<={re.escape(whole)})" for whole in sorted(ended)]
    found += [re.escape(letter) + _tree(rest) for letter, rest in rests.items()]
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"
