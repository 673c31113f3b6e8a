"""Credentials in text that somebody else wrote: SQL, source, settings, messages.

Pure: what is found depends on the text alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from remediate.system.credential_patterns import (
    AROUND,
    BEGINNINGS,
    ENDS,
    HEADER,
    IN_HEADERS,
    KEY,
    KEYED,
    LIST,
    SHORT,
    STRING,
    TOKEN,
    URL,
    WORDS,
)

SECRET = "***"  # noqa: S105

_COLUMNS = ("token", "credential", "salt")
_ROWS = re.compile(
    r"\b(?:INSERT\s{1,20}INTO|UPDATE|MERGE\s{1,20}INTO)\b(?=[^;]{0,2000}?"
    rf"(?:{'|'.join((*WORDS, *_COLUMNS))}))[^;]*",
    re.IGNORECASE,
)
# Of the values in such rows, those that are neither words nor addresses nor numbers.
_RANDOM = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[^\s@]{8,}")
_LITERAL = re.compile(r"(?<![\w'])'((?:[^'\n]|'')+)'(?!::regclass)")
_PLACEHOLDER = re.compile(r"\{.*\}|\$\{?\w+\}?|<.*>|%\(\w+\)s|%s|\*+|\.\.\.|x+|:\w+", re.IGNORECASE)
# A part that something else puts in: %40 and %%40 are characters, as URLs and ini files write them.
_COMPUTED = re.compile(r"\$\{[^}]*\}|\$\(|^\$\w+$|\{[^{}]*\}|<[^<>]*>|%\(\w+\)s|^%s$|^\*+$|\.\.\.")
# Unlike a placeholder this cannot be meant.
_STAND_IN = re.compile(r"x+|\*+|\.\.\.")


def found(text: str) -> Iterator[str]:
    """Each secret that the text holds, as it is written there."""
    for pattern in _patterns(text):
        yield from _told(pattern.finditer(text))
    if _names_one(text):
        yield from _told(_keyed(text))
    for several in _of_several(text):
        for match in several.finditer(text):
            yield from filter(_RANDOM.fullmatch, _LITERAL.findall(match[0]))


def _told(matches: Iterable[re.Match[str]]) -> Iterator[str]:
    return (m["secret"] for m in matches if not is_placeholder(m["secret"]))


def _keyed(text: str) -> Iterator[re.Match[str]]:
    """What is given to a name that speaks of secrets, one after another."""
    end = 0
    for key in KEY.finditer(text):
        tried = (pattern.match(text, key.start()) for pattern in KEYED)
        if key.start() >= end and (match := next(filter(None, tried), None)):
            end = match.end()
            if not _STAND_IN.fullmatch(match["secret"]):
                yield match


def holds_secret(text: str) -> bool:
    """Whether a definition of the database does: in a URL, or in the string of a connection."""
    return any(pattern.search(text) for pattern in (*URL, *STRING, *TOKEN, *HEADER))


def is_placeholder(value: str) -> bool:
    """Whether it only stands for a secret, in a template or in documentation."""
    return _PLACEHOLDER.fullmatch(value) is not None


def is_computed(value: str) -> bool:
    """Whether a part of it is put in when it is used, or it is a placeholder as a whole."""
    return _COMPUTED.search(value) is not None


def masked(text: str) -> str:
    """The text with `***` for each secret, and for what is written into a column of secrets."""
    several = tuple(_of_several(text))
    for pattern in _patterns(text):
        text = pattern.sub(_hide, text)
    if _names_one(text):
        text = _without(text, [match.span("secret") for match in _keyed(text)])
    for pattern in several:
        text = pattern.sub(lambda match: _LITERAL.sub(f"'{SECRET}'", match[0]), text)
    return text


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    return SECRET.join(text[end:start] for end, start in zip(ends, starts, strict=True))


def _patterns(text: str) -> Iterator[re.Pattern[str]]:
    """Those that may find something: most text holds none of the words that they look for."""
    lowered = text.lower()
    if ":/" in text and "@" in text:
        yield from URL
    if any(map(text.__contains__, BEGINNINGS)):
        yield from TOKEN
    if any(map(lowered.__contains__, IN_HEADERS)):
        yield from HEADER
    if _names_one(text):
        yield from AROUND


_KEYS = tuple(word for word in (*WORDS, *ENDS) if "key" in word)
_OTHERS = tuple(word for word in (*WORDS, *ENDS) if "key" not in word)
_SHORTS = ("pw", "pass")


@lru_cache(maxsize=16)  # what looks for secrets asks several times
def _names_one(text: str) -> bool:
    holds = text.lower().__contains__
    if any(map(holds, _OTHERS)) or (holds("key") and any(map(holds, _KEYS))):
        return True
    return any(map(holds, _SHORTS)) and SHORT.search(text.lower()) is not None


_VERBS = ("insert", "update", "merge")
_IN_ROWS = (*WORDS, *_COLUMNS)


def _of_several(text: str) -> Iterator[re.Pattern[str]]:
    """The patterns of a text in which every literal is a secret."""
    lowered = text.lower()
    if _names_one(text) and "'" in text:
        yield LIST
    if any(map(lowered.__contains__, _VERBS)) and any(map(lowered.__contains__, _IN_ROWS)):
        yield _ROWS


def masked_urls(text: str) -> str:
    """The text with `***` for the password in each URL: for text of which names are a part."""
    if ":/" in text and "@" in text:
        for pattern in URL:
            text = pattern.sub(_hide, text)
    return text


def _hide(match: re.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("secret"))
    return match[0][:start] + SECRET + match[0][end:]
