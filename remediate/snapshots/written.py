"""A digest of a definition, the same as long as only the types in it change."""

import hashlib
import re

_TEXT = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"-?\d+")
_TYPE = (
    r"(?:character varying|double precision|bit varying|time(?:stamp)? with(?:out)? time zone"
    r'|(?:[\w.]|"(?:[^"]|"")*")+)(?:\(\d+(?:,\d+)?\))?(?:\[\])*'
)
_CAST = re.compile(f"::{_TYPE}")
_SINGLE = re.compile(r"(?<![\w\"])\(([^()\s,]+|ARRAY\[[^()\[\]]*\])\)")
_TWICE = re.compile(r"\(\(([^()]*)\)\)")


def digest(text: str) -> str:
    """Without casts, and without the parentheses that PostgreSQL prints around what is cast.

    A text that is a number counts as the number.
    """
    plain = " ".join(_CAST.sub("", _TEXT.sub(_opaque, text)).split())
    while (shorter := _TWICE.sub(r"(\1)", _SINGLE.sub(r"\1", plain))) != plain:
        plain = shorter
    return _short(plain)


def _opaque(text: re.Match[str]) -> str:
    """In its place something that holds neither spaces nor parentheses."""
    return text[1] if _NUMBER.fullmatch(text[1]) else f"'{_short(text[1])}"


def _short(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:8]
