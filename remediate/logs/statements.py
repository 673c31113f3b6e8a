"""The tables that a statement names, and statements in the midst of what an application logs."""

import re
from functools import lru_cache

_IDENTIFIER = r'(?:"(?:[^"\n]|"")+"|[\w$]+)'
_TABLE = rf"({_IDENTIFIER}(?:\s*\.\s*{_IDENTIFIER})?)"
_ALTERED = r"ALTER\s+TABLE(?:\s+IF\s+EXISTS)?(?:\s+ONLY)?"
_WRITTEN = re.compile(
    rf"\b(?:INSERT\s+INTO|MERGE\s+INTO|UPDATE(?:\s+ONLY)?|COPY|{_ALTERED}"
    rf"|CREATE\s+TABLE(?:\s+IF\s+NOT\s+EXISTS)?|DROP\s+TABLE(?:\s+IF\s+EXISTS)?"
    rf"|CREATE\s+UNIQUE\s+INDEX[^()]{{0,200}}?\sON(?:\s+ONLY)?)\s+{_TABLE}",
    re.IGNORECASE,
)
_READ = re.compile(rf"\b(?:FROM|JOIN)\s+(?:ONLY\s+)?{_TABLE}", re.IGNORECASE)
_PART = re.compile(_IDENTIFIER)
_LITERAL = re.compile(r"'(?:[^']|'')*(?:'|$)")  # what a user wrote may read like SQL
# What is a statement wherever it stands: its next word tells it from prose.
_STATED = re.compile(
    rf"\b(?:INSERT\s+INTO\s+{_TABLE}\s*(?:\(|VALUES\b|SELECT\b|DEFAULT\b|OVERRIDING\b|AS\b)"
    rf"|MERGE\s+INTO\s+{_TABLE}\s+(?:AS\b|USING\b)|UPDATE\s+(?:ONLY\s+)?{_TABLE}\s+(?:AS\s+\w+\s+)?SET\b"
    rf"|{_ALTERED}\s+{_TABLE}(?:\s+(?:ADD|ALTER|DROP|RENAME)\b|\s*$)|COPY\s+{_TABLE}\s*(?:\(|FROM\b)"
    rf"|CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_TABLE}\s*\(|DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?{_TABLE}"
    r"|CREATE\s+UNIQUE\s+INDEX\s|DELETE\s+FROM\s+"
    rf"|SELECT\s[^\n]{{0,5000}}?\sFROM\s+(?:ONLY\s+)?{_TABLE})",
    re.IGNORECASE,
)
_MAY_STATE = (
    "nto ", "NTO ", "date ", "DATE ", "able ", "ABLE ", "from ", "FROM ", "COPY ", "INDEX ",
)  # fmt: skip
_PATH = re.compile(rf"\bsearch_path\s*(?:=|TO|,)\s*'?({_IDENTIFIER})", re.IGNORECASE)
_RETURNED = re.compile(
    rf"\bINSERT\s+INTO\s+{_TABLE}(?:\s+AS\s+{_IDENTIFIER})?\s*"
    r"(?:\((?P<given>[^()]*)\)|DEFAULT\s+VALUES).*\bRETURNING\s+(?P<asked>.+)",
    re.IGNORECASE | re.DOTALL,
)
_PATH_OF_NAME = re.compile(rf"\s*({_IDENTIFIER}(?:\s*\.\s*{_IDENTIFIER})*)")
_OWNED = re.compile(
    rf"\bOWNED\s+BY\s+({_IDENTIFIER}(?:\s*\.\s*{_IDENTIFIER}){{1,2}})", re.IGNORECASE
)
Name = tuple[str, str]  # schema, "" where it is not told, and table


@lru_cache(maxsize=64)
def stated(text: str) -> str:
    """The statement in a line of an application, from its first word on; "" without one."""
    if not any(word in text for word in _MAY_STATE):
        return ""
    match = _STATED.search(text)
    return text[match.start() :] if match else ""


def written(text: str) -> Name | None:
    """The table that a statement writes or alters."""
    match = _WRITTEN.search(_LITERAL.sub("''", text)) if text else None
    return _name(match[1]) if match else None


def awaits(text: str, column: str) -> bool:
    """Whether an INSERT leaves a column out, and asks by RETURNING for what it got."""
    match = _RETURNED.search(_LITERAL.sub("''", text)) if column else None
    return (
        match is not None
        and column not in _columns(match["given"] or "")
        and column in _columns(match["asked"])
    )


def _columns(text: str) -> list[str]:
    """The columns of a list, without the tables before them and the names behind them."""
    paths = filter(None, map(_PATH_OF_NAME.match, text.split(",")))
    return [_unquoted(_PART.findall(path[1])[-1]) for path in paths]


def read(text: str) -> list[Name]:
    """The tables that a statement reads."""
    return [_name(name) for name in _READ.findall(_LITERAL.sub("''", text))]


def owned(text: str) -> tuple[str, str, str] | None:
    """Schema, table and column that a sequence is to be owned by."""
    match = _OWNED.search(text)
    parts = [_unquoted(part) for part in _PART.findall(match[1])] if match else []
    return (parts[-3] if len(parts) > 2 else "", parts[-2], parts[-1]) if len(parts) > 1 else None


def first_schema(text: str) -> str:
    """The first schema of a search_path that is set there."""
    match = _PATH.search(text) if "search_path" in text.lower() else None
    return _unquoted(match[1]) if match else ""


def name(text: str) -> Name:
    """A name as the server writes it: quoted only where it has to be."""
    return _name(text) if _PART.search(text) else ("", text)


def _name(text: str) -> Name:
    parts = [_unquoted(part) for part in _PART.findall(text)]
    return (parts[0], parts[1]) if len(parts) > 1 else ("", parts[0])


def _unquoted(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()
