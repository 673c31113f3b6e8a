"""Which sequences the source of a function names, and whether it can do without them."""

import re

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_DRAWN = re.compile(r"\bnextval\s*\(\s*\(*'((?:[^']|'')+)'", re.IGNORECASE)
_CHOOSES = re.compile(
    r"\b(?:if|case|loop|while|exception|create|coalesce|execute|to_regclass)\b", re.IGNORECASE
)
_NOTHING_ELSE = re.compile(
    r"\s*(?:begin\s+return|select)\s+(?:pg_catalog\.)?nextval\s*\(\s*'(?:[^']|'')+'"
    r"(?:\s*::\s*\w+)*\s*\)\s*;?(?:\s*end\s*;?)?\s*",
    re.IGNORECASE,
)


def drawn_names(source: str) -> tuple[str, ...]:
    """The names of sequences that stand in calls of nextval(), as they are written."""
    plain = _COMMENT.sub(" ", source)
    return tuple(dict.fromkeys(name.replace("''", "'") for name in _DRAWN.findall(plain)))


def draws_always(source: str) -> bool:
    """Whether every call runs all of the source, so that one missing sequence stops it."""
    return not _CHOOSES.search(_COMMENT.sub(" ", source))


def draws_only(source: str) -> bool:
    """Whether it gives the next value of a sequence, and does nothing else."""
    return _NOTHING_ELSE.fullmatch(_COMMENT.sub(" ", source)) is not None
